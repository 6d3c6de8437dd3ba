//! The TLS layers of the client connection and of the server connection.

use super::plain;
use crate::sample::{Cx, Type, Value};
use crate::spec;
use crate::spec::{Fetch, Needs};
use crate::txn::TlsFacts;

spec! {
    /// TLS.
    pub static TLS: [Fetch] = [
        /// Whether the client connection is TLS.
        { name: "ssl_fc", out: Type::Bool, needs: Needs::CLIENT, build: |_| plain(|cx| Some(Value::Bool(cx.sess.tls.is_some()))) },
        /// The name the client asked for: the server name indication.
        { name: "ssl_fc_sni", out: Type::Str, needs: Needs::CLIENT, build: |_| plain(|cx| client(cx)?.sni.as_deref().map(text)) },
        /// Whether the client asked for a name.
        { name: "ssl_fc_has_sni", out: Type::Bool, needs: Needs::CLIENT, build: |_| plain(|cx| Some(Value::Bool(client(cx).is_some_and(|facts| facts.sni.is_some())))) },
        /// The protocol agreed on by ALPN: `h2`, `http/1.1`.
        { name: "ssl_fc_alpn", out: Type::Str, needs: Needs::CLIENT, build: |_| plain(|cx| client(cx)?.alpn.as_deref().map(text)) },
        /// The version in use: `TLSv1.2`, `TLSv1.3`.
        { name: "ssl_fc_protocol", out: Type::Str, needs: Needs::CLIENT, build: |_| plain(|cx| Some(text(client(cx)?.version))) },
        /// The cipher suite in use: `TLS_AES_128_GCM_SHA256`.
        { name: "ssl_fc_cipher", out: Type::Str, needs: Needs::CLIENT, build: |_| plain(|cx| Some(text(client(cx)?.cipher))) },
        /// Bits of the cipher's key.
        { name: "ssl_fc_alg_keysize", aliases: &["ssl_fc_use_keysize"], out: Type::Int, needs: Needs::CLIENT, build: |_| plain(|cx| key_bits(client(cx)?)) },
        /// Whether the session was resumed.
        { name: "ssl_fc_is_resumed", out: Type::Bool, needs: Needs::CLIENT, build: |_| plain(|cx| Some(Value::Bool(client(cx).is_some_and(|facts| facts.resumed)))) },
        /// Whether the client presented a certificate on this connection.
        { name: "ssl_fc_has_crt", out: Type::Bool, needs: Needs::CLIENT, build: |_| plain(|cx| Some(Value::Bool(client(cx)?.client_certificate))) },
        /// Whether data came before the handshake was complete: never, as early data is not accepted.
        { name: "ssl_fc_has_early", aliases: &["ssl_fc_early_rcvd"], out: Type::Bool, needs: Needs::CLIENT, build: |_| plain(|cx| client(cx).map(|_| Value::Bool(false))) },
        /// The code of the last TLS error on the client connection; 0 for none, which is all a rule can see.
        { name: "ssl_fc_err", out: Type::Int, needs: Needs::CLIENT, build: |_| plain(|cx| client(cx).map(|_| Value::Int(0))) },
        /// Whether the client presented a certificate in this session or in the one it resumes.
        { name: "ssl_c_used", out: Type::Bool, needs: Needs::CLIENT, build: |_| plain(|cx| Some(Value::Bool(client(cx)?.client_certificate))) },
        /// What checking the client's certificate said; 0 for no objection, which is all that gets this far.
        { name: "ssl_c_verify", aliases: &["ssl_c_err", "ssl_c_ca_err", "ssl_c_ca_err_depth"], out: Type::Int, needs: Needs::CLIENT, build: |_| plain(|cx| client(cx).map(|_| Value::Int(0))) },
        /// Whether the server connection is TLS.
        { name: "ssl_bc", out: Type::Bool, needs: Needs::SERVER, build: |_| plain(|cx| Some(Value::Bool(cx.txn.server_tls.is_some()))) },
        /// The protocol agreed on with the server by ALPN.
        { name: "ssl_bc_alpn", out: Type::Str, needs: Needs::SERVER, build: |_| plain(|cx| server(cx)?.alpn.as_deref().map(text)) },
        /// The cipher suite in use with the server.
        { name: "ssl_bc_cipher", out: Type::Str, needs: Needs::SERVER, build: |_| plain(|cx| Some(text(server(cx)?.cipher))) },
        /// The version in use with the server.
        { name: "ssl_bc_protocol", out: Type::Str, needs: Needs::SERVER, build: |_| plain(|cx| Some(text(server(cx)?.version))) },
        /// The name the server was asked for.
        { name: "ssl_bc_sni", out: Type::Str, needs: Needs::SERVER, build: |_| plain(|cx| server(cx)?.sni.as_deref().map(text)) },
        /// Whether the session with the server was resumed.
        { name: "ssl_bc_is_resumed", out: Type::Bool, needs: Needs::SERVER, build: |_| plain(|cx| Some(Value::Bool(server(cx)?.resumed))) },
        /// Bits of the cipher's key with the server.
        { name: "ssl_bc_alg_keysize", aliases: &["ssl_bc_use_keysize"], out: Type::Int, needs: Needs::SERVER, build: |_| plain(|cx| key_bits(server(cx)?)) },
        /// The code of the last TLS error on the server connection; 0 for none.
        { name: "ssl_bc_err", out: Type::Int, needs: Needs::SERVER, build: |_| plain(|cx| server(cx).map(|_| Value::Int(0))) },
    ];
}

fn client<'a>(cx: &Cx<'a>) -> Option<&'a TlsFacts> {
    cx.sess.tls.as_deref()
}

fn server<'a>(cx: &Cx<'a>) -> Option<&'a TlsFacts> {
    cx.txn.server_tls.as_deref()
}

fn text(text: &str) -> Value<'_> {
    Value::text(text.as_bytes())
}

fn key_bits<'a>(facts: &TlsFacts) -> Option<Value<'a>> {
    (facts.key_bits > 0).then_some(Value::Int(facts.key_bits.into()))
}

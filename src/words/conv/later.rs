//! Converters that are known and not run yet: a file that uses one is refused, with the place.

use super::{Built, plain};
use crate::sample::Type;
use crate::spec;
use crate::spec::{CallArgs, Conv};

spec! {
    /// Not run yet.
    pub static LATER: [Conv] = [
        /// Decrypts with AES-GCM. Not run yet.
        { name: "aes_gcm_dec", usage: "bits,nonce,key,aead_tag[,aad]", input: Type::Bin, out: Type::Bin, build: later },
        /// Encrypts with AES-GCM. Not run yet.
        { name: "aes_gcm_enc", usage: "bits,nonce,key,aead_tag[,aad]", input: Type::Bin, out: Type::Bin, build: later },
        /// Keeps the value in a slot of the captured request headers. Not run yet.
        { name: "capture-req", usage: "id", input: Type::Str, out: Type::Str, build: later },
        /// Keeps the value in a slot of the captured response headers. Not run yet.
        { name: "capture-res", usage: "id", input: Type::Str, out: Type::Str, build: later },
        /// Whether the bytes are a valid FIX message. Not run yet.
        { name: "fix_is_valid", usage: "", input: Type::Bin, out: Type::Bool, build: later },
        /// A field of a FIX message. Not run yet.
        { name: "fix_tag_value", usage: "tag", input: Type::Bin, out: Type::Bin, build: later },
        /// Whether the value is a key of a table. Not run yet.
        { name: "in_table", usage: "[table]", input: Type::Any, out: Type::Bool, build: later },
        /// A field of an MQTT message. Not run yet.
        { name: "mqtt_field_value", usage: "pkt_type,fieldname_or_prop_ID", input: Type::Bin, out: Type::Str, build: later },
        /// Whether the bytes are a valid MQTT message. Not run yet.
        { name: "mqtt_is_valid", usage: "", input: Type::Bin, out: Type::Bool, build: later },
        /// A field of a Protocol Buffers message. Not run yet.
        { name: "protobuf", usage: "field_number[,field_type]", input: Type::Bin, out: Type::Bin, build: later },
        /// A field of a gRPC message. Not run yet.
        { name: "ungrpc", usage: "field_number[,field_type]", input: Type::Bin, out: Type::Bin, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_bytes_in_rate", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_bytes_out_rate", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_clr_gpc", usage: "idx[,table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_clr_gpc0", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_clr_gpc1", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_conn_cnt", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_conn_cur", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_conn_rate", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_expire", usage: "[table[,default_value]]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_glitch_cnt", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_glitch_rate", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_gpc", usage: "idx[,table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_gpc0", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_gpc0_rate", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_gpc1", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_gpc1_rate", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_gpc_rate", usage: "idx[,table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_gpt", usage: "idx[,table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_gpt0", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_http_err_cnt", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_http_err_rate", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_http_fail_cnt", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_http_fail_rate", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_http_req_cnt", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_http_req_rate", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_idle", usage: "[table[,default_value]]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_inc_gpc", usage: "idx[,table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_inc_gpc0", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_inc_gpc1", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_kbytes_in", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_kbytes_out", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_server_id", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_sess_cnt", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_sess_rate", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
        /// A figure of the entry that the value is the key of, in a table. Not run yet.
        { name: "table_trackers", usage: "[table]", input: Type::Any, out: Type::Int, build: later },
    ];
}

fn later(args: &mut CallArgs<'_>) -> Built {
    args.not_yet("converter");
    plain(|_| None)
}

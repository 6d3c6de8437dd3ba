//! Fetches that are known and not run yet: a file that uses one is refused, with the place.

use super::{Built, plain};
use crate::sample::Type;
use crate::spec;
use crate::spec::{CallArgs, Fetch};

spec! {
    /// Not run yet.
    pub static LATER: [Fetch] = [
        /// A fact of the connection or of the process. Not run yet.
        { name: "bc_be_queue", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "bc_err", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "bc_err_name", usage: "", out: Type::Str, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "bc_err_str", usage: "", out: Type::Str, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "bc_glitches", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "bc_nb_streams", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "bc_reused", usage: "", out: Type::Bool, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "bc_rtt", usage: "<unit>", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "bc_rttvar", usage: "<unit>", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "bc_settings_streams_limit", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "bc_srv_queue", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "be_sess_rate", usage: "[<backend>]", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "bs.aborted", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "bs.debug_str", usage: "[<bitmap>]", out: Type::Str, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "bs.id", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "bs.rst_code", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "cpu_calls", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "cpu_ns_avg", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "cpu_ns_tot", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "distcc_body", usage: "<token>[,<occ>]", out: Type::Bin, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "distcc_param", usage: "<token>[,<occ>]", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "fc_fackets", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "fc_glitches", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "fc_lost", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "fc_pp_authority", usage: "", out: Type::Str, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "fc_pp_tlv", usage: "<id>", out: Type::Str, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "fc_pp_unique_id", usage: "", out: Type::Str, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "fc_rcvd_proxy", usage: "", out: Type::Bool, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "fc_reordering", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "fc_retrans", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "fc_rtt", usage: "<unit>", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "fc_rttvar", usage: "<unit>", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "fc_sacked", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "fc_unacked", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "fcgi.docroot", usage: "", out: Type::Str, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "fcgi.index", usage: "", out: Type::Str, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "fe_req_rate", usage: "[<frontend>]", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "fe_sess_rate", usage: "[<frontend>]", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "fs.aborted", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "fs.debug_str", usage: "[<bitmap>]", out: Type::Str, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "fs.id", usage: "", out: Type::Str, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "fs.rst_code", usage: "", out: Type::Int, build: later },
        /// A detail of the internals of HAProxy. Not run yet.
        { name: "internal.htx.data", usage: "", out: Type::Int, build: later },
        /// A detail of the internals of HAProxy. Not run yet.
        { name: "internal.htx.free", usage: "", out: Type::Int, build: later },
        /// A detail of the internals of HAProxy. Not run yet.
        { name: "internal.htx.free_data", usage: "", out: Type::Int, build: later },
        /// A detail of the internals of HAProxy. Not run yet.
        { name: "internal.htx.has_eom", usage: "", out: Type::Bool, build: later },
        /// A detail of the internals of HAProxy. Not run yet.
        { name: "internal.htx.nbblks", usage: "", out: Type::Int, build: later },
        /// A detail of the internals of HAProxy. Not run yet.
        { name: "internal.htx.size", usage: "", out: Type::Int, build: later },
        /// A detail of the internals of HAProxy. Not run yet.
        { name: "internal.htx.used", usage: "", out: Type::Int, build: later },
        /// A detail of the internals of HAProxy. Not run yet.
        { name: "internal.htx_blk.data", usage: "<idx>", out: Type::Bin, build: later },
        /// A detail of the internals of HAProxy. Not run yet.
        { name: "internal.htx_blk.hdrname", usage: "<idx>", out: Type::Str, build: later },
        /// A detail of the internals of HAProxy. Not run yet.
        { name: "internal.htx_blk.hdrval", usage: "<idx>", out: Type::Str, build: later },
        /// A detail of the internals of HAProxy. Not run yet.
        { name: "internal.htx_blk.size", usage: "<idx>", out: Type::Int, build: later },
        /// A detail of the internals of HAProxy. Not run yet.
        { name: "internal.htx_blk.start_line", usage: "<idx>", out: Type::Str, build: later },
        /// A detail of the internals of HAProxy. Not run yet.
        { name: "internal.htx_blk.type", usage: "<idx>", out: Type::Str, build: later },
        /// A detail of the internals of HAProxy. Not run yet.
        { name: "internal.strm.is_htx", usage: "", out: Type::Bool, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "last_entity", usage: "", out: Type::Str, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "last_rule_file", usage: "", out: Type::Str, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "last_rule_line", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "lat_ns_avg", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "lat_ns_tot", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "req.ssl_keyshare_groups", usage: "", out: Type::Bin, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "res.cache_hit", usage: "", out: Type::Bool, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "res.cache_name", usage: "", out: Type::Str, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "res.comp", usage: "", out: Type::Bool, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "res.comp_algo", usage: "", out: Type::Str, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_bytes_in_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_bytes_out_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_clr_gpc0", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_clr_gpc1", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_conn_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_conn_cur", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_conn_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_get_gpc0", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_get_gpc1", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_get_gpt0", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_glitch_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_glitch_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_gpc0_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_gpc1_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_http_err_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_http_err_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_http_fail_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_http_fail_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_http_req_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_http_req_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_inc_gpc0", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_inc_gpc1", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_kbytes_in", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_kbytes_out", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_key", usage: "", out: Type::Any, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_sess_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_sess_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_tracked", usage: "[<table>]", out: Type::Bool, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc0_trackers", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_bytes_in_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_bytes_out_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_clr_gpc", usage: "", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_clr_gpc0", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_clr_gpc1", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_conn_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_conn_cur", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_conn_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_get_gpc0", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_get_gpc1", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_get_gpt0", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_glitch_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_glitch_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_gpc0_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_gpc1_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_http_err_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_http_err_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_http_fail_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_http_fail_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_http_req_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_http_req_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_inc_gpc0", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_inc_gpc1", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_kbytes_in", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_kbytes_out", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_key", usage: "", out: Type::Any, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_sess_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_sess_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_tracked", usage: "[<table>]", out: Type::Bool, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc1_trackers", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_bytes_in_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_bytes_out_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_clr_gpc0", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_clr_gpc1", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_conn_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_conn_cur", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_conn_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_get_gpc0", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_get_gpc1", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_get_gpt0", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_glitch_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_glitch_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_gpc0_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_gpc1_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_http_err_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_http_err_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_http_fail_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_http_fail_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_http_req_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_http_req_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_inc_gpc0", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_inc_gpc1", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_kbytes_in", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_kbytes_out", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_key", usage: "", out: Type::Any, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_sess_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_sess_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_tracked", usage: "[<table>]", out: Type::Bool, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc2_trackers", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_bytes_in_rate", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_bytes_out_rate", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_clr_gpc", usage: "<idx>,<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_clr_gpc0", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_clr_gpc1", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_conn_cnt", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_conn_cur", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_conn_rate", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_get_gpc", usage: "<idx>,<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_get_gpc0", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_get_gpc1", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_get_gpt", usage: "<idx>,<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_get_gpt0", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_glitch_cnt", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_glitch_rate", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_gpc0_rate", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_gpc1_rate", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_gpc_rate", usage: "<idx>,<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_http_err_cnt", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_http_err_rate", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_http_fail_cnt", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_http_fail_rate", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_http_req_cnt", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_http_req_rate", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_inc_gpc", usage: "<idx>,<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_inc_gpc0", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_inc_gpc1", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_kbytes_in", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_kbytes_out", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_key", usage: "<ctr>", out: Type::Any, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_sess_cnt", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_sess_rate", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_tracked", usage: "<ctr>[,<table>]", out: Type::Bool, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "sc_trackers", usage: "<ctr>[,<table>]", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "server_status", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "spoe.engine-id", usage: "", out: Type::Str, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_bytes_in_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_bytes_out_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_clr_gpc", usage: "<idx>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_clr_gpc0", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_clr_gpc1", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_conn_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_conn_cur", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_conn_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_get_gpc", usage: "<idx>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_get_gpc0", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_get_gpc1", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_get_gpt", usage: "<idx>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_get_gpt0", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_glitch_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_glitch_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_gpc0_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_gpc1_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_gpc_rate", usage: "<idx>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_http_err_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_http_err_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_http_fail_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_http_fail_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_http_req_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_http_req_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_inc_gpc", usage: "<idx>[,<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_inc_gpc0", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_inc_gpc1", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_kbytes_in", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_kbytes_out", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_sess_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_sess_rate", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "src_updt_conn_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "srv_sess_rate", usage: "[<backend>/]<server>", out: Type::Int, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_bc_client_early_traffic_secret", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_bc_client_handshake_traffic_secret", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_bc_client_random", usage: "", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_bc_client_traffic_secret_0", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_bc_curve", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_bc_early_exporter_secret", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_bc_err_str", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_bc_exporter_secret", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_bc_npn", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_bc_server_handshake_traffic_secret", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_bc_server_random", usage: "", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_bc_server_traffic_secret_0", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_bc_session_id", usage: "", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_bc_session_key", usage: "", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_bc_unique_id", usage: "", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_c_chain_der", usage: "", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_c_der", usage: "", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_c_i_dn", usage: "[<entry>[,<occ>[,<format>]]]", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_c_key_alg", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_c_notafter", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_c_notbefore", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_c_r_dn", usage: "[<entry>[,<occ>[,<format>]]]", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_c_s_dn", usage: "[<entry>[,<occ>[,<format>]]]", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_c_san", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_c_serial", usage: "", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_c_sha1", usage: "", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_c_sig_alg", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_c_version", usage: "", out: Type::Int, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_f_der", usage: "", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_f_i_dn", usage: "[<entry>[,<occ>[,<format>]]]", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_f_key_alg", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_f_notafter", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_f_notbefore", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_f_s_dn", usage: "[<entry>[,<occ>[,<format>]]]", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_f_serial", usage: "", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_f_sha1", usage: "", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_f_sig_alg", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_f_version", usage: "", out: Type::Int, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_cipherlist_bin", usage: "[<filter_option>]", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_cipherlist_hex", usage: "[<filter_option>]", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_cipherlist_str", usage: "[<filter_option>]", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_cipherlist_xxh", usage: "", out: Type::Int, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_client_early_traffic_secret", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_client_handshake_traffic_secret", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_client_random", usage: "", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_client_traffic_secret_0", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_curve", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_early_exporter_secret", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_ecformats_bin", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_eclist_bin", usage: "[<filter_option>]", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_err_str", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_exporter_secret", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_extlist_bin", usage: "[<filter_option>]", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_npn", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_protocol_hello_id", usage: "", out: Type::Int, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_server_handshake_traffic_secret", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_server_random", usage: "", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_server_traffic_secret_0", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_session_id", usage: "", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_session_key", usage: "", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_sigalgs_bin", usage: "[<filter_option>]", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_supported_versions_bin", usage: "[<filter_option>]", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_fc_unique_id", usage: "", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_s_chain_der", usage: "", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_s_der", usage: "", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_s_i_dn", usage: "[<entry>[,<occ>[,<format>]]]", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_s_key_alg", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_s_notafter", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_s_notbefore", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_s_s_dn", usage: "[<entry>[,<occ>[,<format>]]]", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_s_serial", usage: "", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_s_sha1", usage: "", out: Type::Bin, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_s_sig_alg", usage: "", out: Type::Str, build: later },
        /// A fact of a certificate or of the TLS layer. Not run yet.
        { name: "ssl_s_version", usage: "", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "table_avl", usage: "[<table>]", out: Type::Int, build: later },
        /// A figure of a tracked or looked up entry of a table. Not run yet.
        { name: "table_cnt", usage: "[<table>]", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "term_events", usage: "", out: Type::Str, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "thread", usage: "", out: Type::Int, build: later },
        /// A fact of the connection or of the process. Not run yet.
        { name: "waiting_entity", usage: "", out: Type::Str, build: later },
    ];
}

fn later(args: &mut CallArgs<'_>) -> Built {
    args.not_yet("fetch");
    plain(|_| None)
}

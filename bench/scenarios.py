"""What is measured: for each scenario the proxies' configurations and the load. It runs nothing."""
import os
from dataclasses import dataclass

PLAIN_RULES = """    acl api path_beg /api-gateway
    acl static path_end .png .jpg .css .js
    acl host hdr(host) -i www.example.com
    http-request set-header X-Forwarded-Proto http
    http-request set-header Host origin.example.com if host
    http-response set-header X-Served-By lb1
    option forwardfor
    use_backend be if api
    use_backend be if static host
"""


@dataclass(frozen=True)
class Scenario:
    """One measurement. `url` is what is asked for, `origin` who answers, `seconds` how long a round takes at least."""
    name: str
    says: str
    mode: str = "http"
    frontend: str = ""
    client_tls: bool = False
    server_tls: bool = False
    close: bool = False
    url: str = "/small"
    origin: str = "haproxy"
    upload: int = 0
    conns: int = 64
    workers: int = 1
    logs: bool = False
    steady: int = 0
    seconds: int = 0
    servers: int = 1
    backends: int = 1
    nginx: bool = True
    quick: bool = False


def all_scenarios(folder):
    """Every scenario; `folder` is where the larger tables are written."""
    acls = "".join(f"    acl a{i} path_beg /never/{i}/\n    http-request deny if a{i}\n" for i in range(1000))
    table = f"{folder}/table.map"
    if not os.path.exists(table):
        with open(table, "w") as out:
            out.writelines(f"host{i}.example.com b{i % 1000}\n" for i in range(100_000))
    found = f"    http-request set-header X-Place %[req.hdr(host),lower,map({table},none)]\n"
    syslog = "    option httplog\n    log 127.0.0.1:{syslog} local0\n"
    return [
        Scenario("h1-ka", "kept-alive HTTP/1.1, 100 bytes", steady=3000, quick=True),
        Scenario("h1-rules", "ACLs, set-header, forwardfor", frontend=PLAIN_RULES, steady=3000, nginx=False, quick=True),
        Scenario("h1-log", "a syslog line per request over UDP", frontend=syslog, logs=True, steady=3000, quick=True),
        Scenario("h1-close", "a connection per request", close=True, steady=0, quick=True),
        Scenario("h1-16k", "15,000 bytes", url="/middle", steady=3000),
        Scenario("tcp", "mode tcp", mode="tcp", steady=3000, nginx=False, quick=True),
        Scenario("tls-ka", "TLS from the client, kept alive", client_tls=True, quick=True),
        Scenario("tls-new", "a TLS connection per request", client_tls=True, close=True),
        Scenario("tls-be", "TLS to the server", server_tls=True, steady=2000, quick=True),
        Scenario("body-1m", "answers of 1 MB", url="/1m", origin="nginx", conns=16, quick=True),
        Scenario("body-100m", "answers of 100 MB", url="/100m", origin="nginx", conns=4, seconds=8),
        Scenario("upload-64k", "requests of 64 KB", url="/upload", origin="nginx", upload=65536, conns=16),
        Scenario("chunked", "a chunked answer of 15,000 bytes", url="/chunked", origin="nginx", quick=True),
        Scenario("acl-1000", "1,000 ACLs that do not match", frontend=acls, nginx=False),
        Scenario("map-100k", "a look-up in a map of 100,000", frontend=found, nginx=False),
        Scenario("servers-1000", "1,000 servers in the backend", servers=1000, nginx=False),
        Scenario("backends-1000", "1,000 backends, chosen by name", frontend="    use_backend be%[rand(1000)]\n",
                 backends=1000, nginx=False),
        Scenario("two-workers", "two workers", workers=2),
    ]


def server_port(scenario, ports):
    """The port of the origin that this scenario asks."""
    if scenario.server_tls:
        return ports["origin_tls"]
    return ports["origin"] if scenario.origin == "haproxy" else ports["files"]


def haproxy_config(scenario, ports, pem):
    """The configuration that HAProxy and we read."""
    crt = f" ssl crt {pem}" if scenario.client_tls else ""
    tls = " ssl verify none sni str(localhost)" if scenario.server_tls else ""
    at = f"127.0.0.1:{server_port(scenario, ports)}{tls}"
    servers = "".join(f"    server s{i} {at}\n" for i in range(scenario.servers))
    backends = "".join(f"backend be{i}\n{servers}" for i in ("", *range(scenario.backends - 1)))
    return f"""global
    nbthread {scenario.workers}
    maxconn 9000
defaults
    mode {scenario.mode}
    timeout client 60s
    timeout server 60s
    timeout connect 5s
    timeout http-request 10s
frontend fe
    bind 127.0.0.1:{ports['proxy']}{crt}
{scenario.frontend.replace('{syslog}', str(ports['syslog']))}    default_backend be
{backends}"""


def nginx_config(scenario, ports, pem, folder):
    """What asks the same of nginx."""
    ssl = " ssl" if scenario.client_tls else ""
    cert = f"ssl_certificate {pem}; ssl_certificate_key {pem};" if scenario.client_tls else ""
    scheme = "https" if scenario.server_tls else "http"
    log = f"syslog:server=127.0.0.1:{ports['syslog']},facility=local0 combined" if scenario.logs else "off"
    return f"""worker_processes {scenario.workers}; daemon off; pid {folder}/nginx.pid; error_log stderr crit;
worker_rlimit_nofile 16000;
events {{ worker_connections 8000; }}
http {{
    access_log {log}; keepalive_requests 1000000000; client_max_body_size 0; proxy_temp_path {folder}/temp;
    client_body_temp_path {folder}/temp-body; fastcgi_temp_path {folder}/t1; uwsgi_temp_path {folder}/t2;
    scgi_temp_path {folder}/t3;
    upstream be {{ server 127.0.0.1:{server_port(scenario, ports)}; keepalive 512; keepalive_requests 1000000000; }}
    server {{
        listen 127.0.0.1:{ports['proxy']}{ssl} backlog=4096; {cert}
        location / {{
            proxy_pass {scheme}://be; proxy_http_version 1.1; proxy_set_header Connection "";
            proxy_request_buffering off; proxy_max_temp_file_size 0;
        }}
    }}
}}
"""


def haproxy_origin(ports, pem, folder):
    """HAProxy as the origin of small answers."""
    return f"""global
    nbthread 1
    maxconn 8000
    tune.bufsize 32768
defaults
    mode http
    timeout client 600s
    timeout server 60s
    timeout connect 5s
frontend origin
    bind 127.0.0.1:{ports['origin']}
    bind 127.0.0.1:{ports['origin_tls']} ssl crt {pem}
    http-request return status 200 content-type text/plain file {folder}/middle if {{ path /middle }}
    http-request return status 200 content-type text/plain file {folder}/small
"""


def nginx_origin(ports, folder):
    """nginx as the origin of large, chunked and uploaded bodies."""
    return f"""worker_processes 1; daemon off; pid {folder}/origin.pid; error_log stderr crit;
worker_rlimit_nofile 16000;
events {{ worker_connections 8000; }}
http {{
    access_log off; sendfile on; keepalive_requests 1000000000; client_max_body_size 0;
    keepalive_timeout 600s; client_body_buffer_size 128k;
    client_body_temp_path {folder}/o0; proxy_temp_path {folder}/o1; fastcgi_temp_path {folder}/o2;
    uwsgi_temp_path {folder}/o3; scgi_temp_path {folder}/o4;
    server {{
        listen 127.0.0.1:{ports['files']} backlog=4096;
        root {folder};
        default_type text/plain;
        location = /upload {{ return 200 "taken"; }}
        location = /chunked {{ alias {folder}/middle; sub_filter "qqqq" "qqqq"; sub_filter_types text/plain; }}
    }}
}}
"""

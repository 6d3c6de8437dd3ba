#!/bin/sh
# Arguments: proxy address, proxy port, server address, server port.
exec curl --silent --fail --insecure --max-time 3 --output /dev/null --resolve "site.example:$4:$3" "https://site.example:$4/"

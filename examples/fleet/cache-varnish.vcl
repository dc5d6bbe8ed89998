# /etc/varnish/default.vcl: a cache between many hosts and the responder of a CA.
# It keeps each response for the max-age that the responder gives it (RFC 9919).
vcl 4.1;

backend responder {
  .host = "ocsp.ca.example";
  .port = "80";
}

sub vcl_recv {
  set req.http.Host = "ocsp.ca.example";
  # A host that got a stale response asks again with "Cache-Control: no-cache".
  if (req.http.Cache-Control ~ "no-cache") {
    set req.hash_always_miss = true;
  }
}

sub vcl_backend_response {
  # Nothing is served after its max-age.
  set beresp.grace = 0s;
  # Failures are not kept.
  if (beresp.status != 200) {
    set beresp.uncacheable = true;
  }
}

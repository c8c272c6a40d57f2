#include <catch2/catch.hpp>

#include "base/result.h"
#include "net/dial.h"

using namespace argus;

TEST_CASE("places to read from are parsed") {
  struct Case {
    const char* text;
    Transport transport;
    const char* host;
    std::uint16_t port;
  };
  for (const Case& c :
       {Case{"sensor1", Transport::tcp, "sensor1", 561}, Case{"sensor1:562", Transport::tcp, "sensor1", 562},
        Case{"192.0.2.1:1", Transport::tcp, "192.0.2.1", 1}, Case{"2001:db8::1", Transport::tcp, "2001:db8::1", 561},
        Case{"[2001:db8::1]", Transport::tcp, "2001:db8::1", 561},
        Case{"[2001:db8::1]:65535", Transport::tcp, "2001:db8::1", 65535},
        Case{"fe80::1%eth0", Transport::tcp, "fe80::1%eth0", 561},
        Case{"unix:/run/argus/argus.sock", Transport::unix_socket, "/run/argus/argus.sock", 0},
        Case{"ssh:gw1", Transport::ssh, "gw1", 0}, Case{"ssh:me@gw1.example", Transport::ssh, "me@gw1.example", 0},
        Case{"ssh://gw1", Transport::ssh, "gw1", 0}, Case{"classic:gw1", Transport::classic, "gw1", 561},
        Case{"classic:[2001:db8::1]:562", Transport::classic, "2001:db8::1", 562}}) {
    CAPTURE(c.text);
    const auto got = parse_endpoint(c.text);
    REQUIRE(got);
    CHECK(got->transport == c.transport);
    CHECK(got->host == c.host);
    CHECK(got->port == c.port);
    CHECK(got->text == c.text);
  }
}

TEST_CASE("what is no place is refused, options of ssh above all") {
  for (const char* text : {"", ":561", "a:0", "a:65536", "a:b", "[::1", "[::1]x", "[::1]:", "unix:", "ssh:",
                           "ssh:-oProxyCommand=x", "ssh:a b", "ssh:$(x)", "a;b", "-x", "ssh://-x"}) {
    CAPTURE(text);
    const auto got = parse_endpoint(text);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == Errc::usage);
  }
  CHECK_FALSE(parse_endpoint("unix:/" + std::string(120, 'a')));
}

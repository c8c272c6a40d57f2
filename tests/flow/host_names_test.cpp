#include "flow/host_names.h"

#include <catch2/catch.hpp>

#include "base/address.h"

using namespace argus;

namespace {

std::string_view name_after(HostNames& names, std::string_view said) {
  const Address address = *parse_address("192.0.2.1");
  names.add(address, said);
  return names.name_of(address);
}
std::string shown(std::string_view said, std::size_t width = kHostNameBytesMax) {
  HostNames names(width);
  return std::string(name_after(names, said));
}

}  // namespace

TEST_CASE("a host has the name that was added first, and one that was not added has none") {
  HostNames names;
  CHECK_FALSE(names.has(*parse_address("192.0.2.1")));
  CHECK(name_after(names, "gate.example.org.") == "gate.example.org");
  CHECK(name_after(names, "other.example.org") == "gate.example.org");
  CHECK(names.name_of(*parse_address("192.0.2.2")).empty());
  names.add(*parse_address("192.0.2.2"), "");
  CHECK(names.has(*parse_address("192.0.2.2")));
  CHECK(names.name_of(*parse_address("192.0.2.2")).empty());
}

TEST_CASE("nothing of a stranger's name reaches the terminal or makes columns of its own") {
  CHECK(shown("a\x1b[2Jb c") == "a\\x1b\\x5b2Jb\\x20c");
  CHECK(shown("caf\xc3\xa9.example") == "caf\\xc3\\xa9.example");
  CHECK(shown("a\\032b") == "a\\x5c032b");
}

TEST_CASE("a name that is written like an address is none") {
  CHECK(shown("10.0.0.1").empty());
  CHECK(shown("10.0.0.1.").empty());
  CHECK(shown("fe80::1").empty());
  CHECK(shown("00:00:5e:00:53:01").empty());
  CHECK(shown(".").empty());
}

TEST_CASE("a name has 253 bytes at most, and the middle of one that is too wide is left out") {
  CHECK(shown(std::string(253, 'a')).size() == 253);
  CHECK(shown(std::string(254, 'a')).empty());
  CHECK(shown("www.department.example.org", 16) == "www.depa~ple.org");
  CHECK(shown("www.example.org", 15) == "www.example.org");
  CHECK(shown(std::string(253, '\x01'), 20).size() == 20);
}

#include "packet/dns.h"

#include <catch2/catch.hpp>
#include <span>
#include <string>

#include "base/address.h"
#include "support/dns_message.h"

namespace argus {
namespace {

const Address kOne = *parse_address("192.0.2.1"), kTwo = *parse_address("192.0.2.2"),
              kSix = *parse_address("2001:db8::5");

// "192.0.2.1 host.example, ..."
std::string said(const std::vector<std::uint8_t>& message) {
  std::vector<NamedAddress> named;
  read_named_addresses(std::as_bytes(std::span(message)), named);
  std::string out;
  for (const NamedAddress& one : named) out += (out.empty() ? "" : ", ") + to_text(one.address) + " " + one.name;
  return out;
}
std::string said(const DnsMessageBuilder& message) { return said(message.bytes()); }

}  // namespace

TEST_CASE("addresses have the name that was asked for, behind aliases too") {
  CHECK(said(DnsMessageBuilder().question("WWW.Example.org").answer("www.example.org", kOne).answer_at(12, kTwo)) ==
        "192.0.2.1 www.example.org, 192.0.2.2 www.example.org");
  CHECK(said(DnsMessageBuilder()
                 .question("www.example.org", 28)
                 .points_at("www.example.org", 5, "edge.cdn.example")
                 .answer("edge.cdn.example", kSix)) == "2001:db8::5 www.example.org");
}

TEST_CASE("without a question addresses have the names of their records") {
  CHECK(said(DnsMessageBuilder(0x8400).answer("printer.local", kOne).answer("printer.local", kSix)) ==
        "192.0.2.1 printer.local, 2001:db8::5 printer.local");
}

TEST_CASE("the name that an address points at is its name") {
  CHECK(said(DnsMessageBuilder()
                 .question("1.2.0.192.in-addr.arpa", 12)
                 .points_at("1.2.0.192.in-addr.arpa", 12, "host.example")) == "192.0.2.1 host.example");
  const std::string six = "5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";
  CHECK(said(DnsMessageBuilder().question(six, 12).points_at(six, 12, "six.example")) == "2001:db8::5 six.example");
  for (const char* other : {"2.0.192.in-addr.arpa", "1.2.0.300.in-addr.arpa", "x.2.0.192.in-addr.arpa", "5.0.ip6.arpa",
                            "_http._tcp.local", ".in-addr.arpa"})
    CHECK(said(DnsMessageBuilder().question(other, 12).points_at(other, 12, "host.example")).empty());
}

TEST_CASE("questions, errors and other operations name nothing") {
  for (const int flags : {0x0100, 0x8183, 0x8182, 0xa800})
    CHECK(said(DnsMessageBuilder(static_cast<std::uint16_t>(flags)).question("a.example").answer("a.example", kOne))
              .empty());
}

TEST_CASE("bytes of names that a terminal would obey are written as numbers") {
  CHECK(said(DnsMessageBuilder().question("a\x1b[2J b\\\xff.example").answer("x", kOne)) ==
        "192.0.2.1 a\\027[2j\\032b\\092\\255.example");
}

TEST_CASE("pointers that do not lead back, or name too long, end the message") {
  auto message = DnsMessageBuilder().question("a.example").answer_at(12, kOne).answer_at(12, kTwo);
  auto bytes = message.bytes();
  const std::size_t second = bytes.size() - 16;
  bytes[second + 1] = static_cast<std::uint8_t>(second);  // to itself
  CHECK(said(bytes) == "192.0.2.1 a.example");
  bytes[second + 1] = static_cast<std::uint8_t>(second + 4);  // forwards
  CHECK(said(bytes) == "192.0.2.1 a.example");
  std::string long_name;
  for (int n = 0; n < 5; n++) long_name += std::string(63, 'a') + ".";
  CHECK(said(DnsMessageBuilder().question(long_name).answer("x", kOne)).empty());
}

TEST_CASE("of a message that is cut off stays what stands before") {
  const auto whole = DnsMessageBuilder().question("a.example").answer_at(12, kOne).answer_at(12, kTwo).bytes();
  const std::string one = "192.0.2.1 a.example", both = one + ", 192.0.2.2 a.example";
  for (std::size_t size = 0; size <= whole.size(); size++) {
    CAPTURE(size);
    const std::vector<std::uint8_t> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK(said(cut) == (size == whole.size() ? both : size >= whole.size() - 16 ? one : ""));
  }
}

TEST_CASE("no message names more than the most") {
  DnsMessageBuilder message;
  message.question("a.example");
  for (int n = 0; n < 100; n++) message.answer_at(12, kOne);
  std::vector<NamedAddress> named;
  read_named_addresses(std::as_bytes(std::span(message.bytes())), named);
  CHECK(named.size() == kDnsAnswersMost);
}

}  // namespace argus

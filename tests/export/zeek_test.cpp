#include <catch2/catch.hpp>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/names.h"
#include "export/formats.h"
#include "export/memory_outlet.h"
#include "flow/events.h"
#include "flow/field.h"
#include "flow/sink.h"
#include "memory_outlet.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

std::string exported(const std::vector<Row>& rows, std::string* said = nullptr) {
  MemoryPlace place;
  ExportOptions options;
  options.say = [said](const std::string& text) {
    if (said != nullptr) *said = text;
  };
  const SinkPtr sink = zeek_export(memory_outlet(place), options);
  REQUIRE(sink->begin({}));
  REQUIRE(sink->write(batch_of(rows)));
  REQUIRE(sink->finish());
  return place.whole();
}

std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> out;
  std::istringstream in(line);
  for (std::string word; std::getline(in, word, '\t');) out.push_back(word);
  return out;
}

// The last line by the names of its columns.
std::map<std::string, std::string> logged(const Row& row) {
  std::istringstream in(exported({row}));
  std::vector<std::string> names, values;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("#fields")) names = words_of(line);
    values = words_of(line);
  }
  REQUIRE(names.size() == values.size() + 1);
  std::map<std::string, std::string> out;
  for (std::size_t i = 0; i < values.size(); i++) out[names[i + 1]] = values[i];
  return out;
}

}  // namespace

TEST_CASE("conn.log says its separator, columns and types first") {
  const std::string text = exported({});
  CHECK(
      text.starts_with("#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
                       "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\t"
                       "orig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\t"
                       "orig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents"));
  CHECK(text.find("#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tbool\t"
                  "bool\tcount\tstring\tcount\tcount\tcount\tcount\tset[string]") != std::string::npos);
}

TEST_CASE("a TCP connection in conn.log") {
  Row tcp = tcp_row("10.0.0.1", 4000, "198.51.100.7", 443, 5, 4);
  tcp.with(Field::sevents, kTcpSyn | kTcpEstablished | kTcpFin | kTcpRetransmit)
      .with(Field::devents, kTcpSynAck | kTcpEstablished | kTcpFin | kTcpGap)
      .with(Field::sflags, 0x1b)
      .with(Field::dflags, 0x1b)
      .with(Field::sappbytes, 100)
      .with(Field::dappbytes, 2000)
      .with(Field::dgap, 7);
  auto line = logged(tcp);
  CHECK(line["proto"] == "tcp");
  CHECK(line["service"] == "-");
  CHECK(line["conn_state"] == "SF");
  CHECK(line["local_orig"] == "T");
  CHECK(line["local_resp"] == "F");
  CHECK(line["missed_bytes"] == "7");
  CHECK(line["history"] == "SADTFhadgf");
  CHECK(line["orig_bytes"] == "100");
  CHECK(line["resp_pkts"] == "4");
  CHECK(line["tunnel_parents"] == "-");
}

TEST_CASE("the type of ICMP stands in the ports, with the answer's or the code") {
  const auto ports = [](unsigned proto, unsigned type, unsigned code) {
    auto line = logged(row()
                           .with(Field::saddr, "10.0.0.1")
                           .with(Field::daddr, "10.0.0.2")
                           .with(Field::proto, proto)
                           .with(Field::itype, type)
                           .with(Field::icode, code));
    return line["id.orig_p"] + " " + line["id.resp_p"] + " " + line["proto"];
  };
  CHECK(ports(kProtoIcmp, 8, 0) == "8 0 icmp");
  CHECK(ports(kProtoIcmp, 3, 1) == "3 1 icmp");
  CHECK(ports(kProtoIcmp6, 128, 0) == "128 129 icmp");
  CHECK(ports(kProtoIcmp6, 1, 4) == "1 4 icmp");
}

TEST_CASE("all records of a flow have one uid, and another flow another") {
  const Row first = tcp_row("10.0.0.1", 4000, "10.0.0.2", 80).with(Field::ftime, 5).with(Field::stime, 5);
  const Row later = Row(first).with(Field::stime, 9);
  const std::string uid = logged(first)["uid"];
  CHECK(uid.size() == 18);
  CHECK(uid[0] == 'C');
  CHECK(logged(later)["uid"] == uid);
  CHECK(logged(Row(first).with(Field::ftime, 6))["uid"] != uid);
  CHECK(logged(Row(first).with(Field::sport, 4001))["uid"] != uid);
}

TEST_CASE("records without IP are left out, and that is told") {
  std::string said;
  const Row llc = row().with(Field::saddr, "02:00:00:00:00:01").with(Field::daddr, "02:00:00:00:00:02");
  const Row arp = tcp_row("10.0.0.3", 1, "10.0.0.4", 2).with(Field::proto, kProtoArp);
  const std::string text = exported({llc, tcp_row("10.0.0.1", 1, "10.0.0.2", 2), arp, row()}, &said);
  CHECK(text.find("02:00") == std::string::npos);
  CHECK(text.find("10.0.0.3") == std::string::npos);
  CHECK(said == "3 records without IP left out, as conn.log has none");
}

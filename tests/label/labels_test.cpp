#include "label/labels.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/address.h"
#include "filter/filter.h"
#include "flow/field.h"
#include "flow/source.h"
#include "support/database_writer.h"
#include "support/flow_builder.h"
#include "support/scratch_folder.h"

namespace argus {

namespace {

Row tcp(const char* saddr, const char* daddr, unsigned dport) { return tcp_row(saddr, 40000, daddr, dport); }

std::vector<Row> labelled_rows(const ScratchFolder& folder, const std::string& text, const std::vector<Row>& rows,
                               const std::string& filter = "") {
  const auto labels = Labels::read({folder.write("labels.txt", text)});
  REQUIRE(labels);
  const SourcePtr source = labelled(source_of({batch_of(rows)}), *labels);
  return rows_of(*source, {FieldSet::all_stored(), *compile_filter(filter), {}});
}

std::string text_of(const Row& row, Field field) {
  return row.has(field) ? std::get<std::string>(row.cell(field)) : "-";
}

std::string database() {
  return address_database({
      {*parse_prefix("192.0.2.0/24"), {{"country/iso_code", "DE"}, {"city/names/en", "Kiel"}}},
      {*parse_prefix("2001:db8::/32"), {{"registered_country/iso_code", "CH"}}},
      {*parse_prefix("198.51.100.0/24"),
       {{"autonomous_system_number", 64500u}, {"autonomous_system_organization", "Example Net"}}},
      {*parse_prefix("203.0.113.0/24"), {{"country_code", "FR"}, {"asn", "AS64501"}, {"as_name", "Other"}}},
  });
}

}  // namespace

TEST_CASE("networks and services have the names that a file gives them") {
  const ScratchFolder folder;
  const std::vector<Row> rows =
      labelled_rows(folder,
                    "# ours\n10.1.0.0/16 office\n10.1.2.3 \"the printer\"\n\n8443/tcp portal\n"
                    "sip 5060-5061/udp\n",
                    {tcp("10.1.2.3", "192.0.2.1", 8443), tcp("192.0.2.1", "10.1.9.9", 80)});
  CHECK(text_of(rows[0], Field::snet) == "the printer");
  CHECK(text_of(rows[0], Field::dnet) == "-");
  CHECK(text_of(rows[0], Field::label) == "portal");
  CHECK(text_of(rows[1], Field::dnet) == "office");
  CHECK(text_of(rows[1], Field::label) == "-");
}

TEST_CASE("rules label what their filter lets through, the first one alone unless it goes on") {
  const ScratchFolder folder;
  const std::string rules =
      "10.0.0.0/8 inside\n443/tcp web\n"
      "filter=\"snet inside and not dnet inside\" label=\"out\" cont\n"
      "filter=\"tcp port 443\" label=\"tls\"\n"
      "filter=\"tcp\" label=\"other\"\n";
  const std::vector<Row> rows =
      labelled_rows(folder, rules, {tcp("10.0.0.1", "192.0.2.1", 443), tcp("10.0.0.1", "10.0.0.2", 22)});
  CHECK(text_of(rows[0], Field::label) == "web:out:tls");
  CHECK(text_of(rows[1], Field::label) == "other");
}

TEST_CASE("filters find labels, and other filters are asked below") {
  const ScratchFolder folder;
  const std::vector<Row> in = {tcp("10.1.0.1", "192.0.2.1", 80), tcp("10.2.0.1", "192.0.2.1", 443)};
  CHECK(labelled_rows(folder, "10.1.0.0/16 office\n", in, "snet office").size() == 1);
  CHECK(labelled_rows(folder, "10.1.0.0/16 office\n", in, "not snet office").size() == 1);
  CHECK(labelled_rows(folder, "10.1.0.0/16 office\n", in, "dport 443").size() == 1);
  CHECK(text_of(labelled_rows(folder, "10.1.0.0/16 office\n", in, "dport 80").at(0), Field::snet) == "office");
}

TEST_CASE("a registry's table gives countries") {
  const ScratchFolder folder;
  const std::string table =
      "2|ripencc|20260101|3|19830705|20260101|+0100\nripencc|*|ipv4|*|2|summary\n"
      "ripencc|DE|ipv4|192.0.2.0|256|20120411|allocated\nripencc|FR|ipv6|2001:db8::|32|20120411|allocated\n"
      "ripencc||ipv4|198.51.100.0|256||available\nripencc|SE|asn|64500|1|20120411|allocated\n";
  const std::vector<Row> rows =
      labelled_rows(folder, table, {tcp("192.0.2.255", "192.0.3.0", 1), tcp("2001:db8::1", "198.51.100.1", 2)});
  CHECK(text_of(rows[0], Field::sco) == "DE");
  CHECK(text_of(rows[0], Field::dco) == "-");
  CHECK(text_of(rows[1], Field::sco) == "FR");
  CHECK(text_of(rows[1], Field::dco) == "-");
}

TEST_CASE("a MaxMind database gives countries, cities and AS numbers, wherever it keeps them") {
  const ScratchFolder folder;
  const auto labels = Labels::read({folder.write("all.mmdb", database())});
  REQUIRE(labels);
  const SourcePtr source =
      labelled(source_of({batch_of({tcp("192.0.2.9", "198.51.100.7", 1), tcp("2001:db8::9", "203.0.113.7", 1),
                                    tcp("10.0.0.1", "10.0.0.2", 1).with(Field::sas, 7)})}),
               *labels);
  const std::vector<Row> rows = rows_of(*source);
  CHECK(text_of(rows[0], Field::sco) == "DE");
  CHECK(text_of(rows[0], Field::scity) == "Kiel");
  CHECK(text_of(rows[0], Field::dorg) == "Example Net");
  CHECK(rows[0].number(Field::das) == 64500);
  CHECK(text_of(rows[1], Field::sco) == "CH");
  CHECK(text_of(rows[1], Field::dco) == "FR");
  CHECK(rows[1].number(Field::das) == 64501);
  CHECK(text_of(rows[1], Field::dorg) == "Other");
  CHECK_FALSE(rows[2].has(Field::sco));
  CHECK(rows[2].number(Field::sas) == 7);
}

TEST_CASE("a database that was cut anywhere is refused or knows nothing, and does no harm") {
  const ScratchFolder folder;
  const std::string whole = database();
  for (std::size_t size = 0; size < whole.size(); size++) {
    const auto labels = Labels::read({folder.write("cut.mmdb", whole.substr(0, size))});
    if (!labels) continue;
    const SourcePtr source = labelled(source_of({batch_of({tcp("192.0.2.9", "2001:db8::1", 1)})}), *labels);
    CHECK(rows_of(*source).size() == 1);
  }
}

TEST_CASE("a ralabel.conf names its files, beside itself") {
  const ScratchFolder folder;
  folder.write("flows.txt", "filter=\"tcp\" label=\"flow=tcp\"\n");
  const auto labels = Labels::read({folder.write(
      "ralabel.conf", "RALABEL_IANA_ADDRESS=yes\nRALABEL_ARGUS_FLOW=yes\nRALABEL_ARGUS_FLOW_FILE=\"flows.txt\"\n")});
  REQUIRE(labels);
  const SourcePtr source = labelled(source_of({batch_of({tcp("10.0.0.1", "10.0.0.2", 1)})}), *labels);
  CHECK(text_of(rows_of(*source).at(0), Field::label) == "flow=tcp");
}

TEST_CASE("what is wrong is said with its file and line") {
  const ScratchFolder folder;
  for (const auto& [text, said] : std::vector<std::pair<std::string, std::string>>{
           {"10.0.0.0/8\n", "labels.txt:1: a name follows the network"},
           {"10.0.0.0/8 country=DE office\n", "labels.txt:1: only a name follows a network"},
           {"\nnonsense here\n", "labels.txt:2: 'nonsense' is neither a network"},
           {"80/nosuch web\n", "labels.txt:1: '80/nosuch' is neither"},
           {"70000/tcp web\n", "labels.txt:1: "},
           {"filter=\"nosuch\" label=\"x\"\n", "labels.txt:1: "},
           {"filter=\"tcp\" label=\"\"\n", "labels.txt:1: a rule has the form"},
           {"a|DE|ipv4|192.0.2.0|0|x\n", "labels.txt:1: not a line of a table"},
           {"a|DE|ipv4|255.255.255.0|257|x\n", "labels.txt:1: a range that goes beyond"},
           {"RALABEL_ARGUS_FLOW_FILE=none.txt\n", "none.txt: no such file"}}) {
    const auto labels = Labels::read({folder.write("labels.txt", text)});
    REQUIRE_FALSE(labels);
    CAPTURE(labels.error().text);
    CHECK(labels.error().text.find(said) != std::string::npos);
  }
}

}  // namespace argus

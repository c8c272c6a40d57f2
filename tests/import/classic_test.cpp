#include "import/classic.h"

#include <catch2/catch.hpp>

#include "base/bytes.h"
#include "base/names.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/events.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "import/classic_bytes.h"
#include "import/read.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

ReadRecords read(const ClassicBytes& bytes) { return read_all(*read_classic(stream_of(bytes))); }

Row only_row(const ClassicBytes& record) {
  const ReadRecords got = read(classic_file({record}));
  REQUIRE(got.rows.size() == 1);
  REQUIRE(got.facts.problems.empty());
  return got.rows.front();
}

}  // namespace

TEST_CASE("a classic file is known by its first record") {
  CHECK(looks_like_classic(classic_management(1)));
  CHECK_FALSE(looks_like_classic(classic_management(2)));
  CHECK_FALSE(looks_like_classic(classic_tcp()));
  for (std::size_t size = 0; size < 12; size++)
    CHECK_FALSE(looks_like_classic(Bytes(classic_management(1)).first(size)));
}

TEST_CASE("a TCP record of the classic has all that fields hold") {
  const Row row = only_row(classic_tcp());
  CHECK(row.number(Field::proto) == kProtoTcp);
  CHECK(row.cell(Field::saddr) == argus::row().with(Field::saddr, "10.0.0.1").cell(Field::saddr));
  CHECK(row.number(Field::sport) == 1000);
  CHECK(row.number(Field::dport) == 80);
  CHECK(row.number(Field::stime) == 1'600'000'000'000'250'000u);
  CHECK(row.number(Field::ltime) == 1'600'000'001'000'500'000u);
  CHECK_FALSE(row.has(Field::sstime));
  CHECK_FALSE(row.has(Field::ftime));
  CHECK(row.number(Field::spkts) == 3);
  CHECK(row.number(Field::sbytes) == 300);
  CHECK(row.number(Field::sappbytes) == 100);
  CHECK(row.number(Field::dpkts) == 2);
  CHECK(row.number(Field::dbytes) == 2000);
  CHECK(row.number(Field::dappbytes) == 1600);
  CHECK(row.number(Field::sloss) == 7);
  CHECK(row.number(Field::swin) == 0x100u << 2);
  CHECK(row.number(Field::sflags) == 0x1a);
  CHECK(row.number(Field::dflags) == 0x12);
  CHECK(row.number(Field::sevents) == (kTcpSyn | kTcpEstablished | kTcpRetransmit));
  CHECK(row.number(Field::devents) == (kTcpSynAck | kTcpEstablished));
  CHECK(row.number(Field::synacksum) == 20 * kMillisecond);
  CHECK(row.number(Field::ackdatsum) == 10 * kMillisecond);
  CHECK(row.number(Field::sttl) == 64);
  CHECK(row.number(Field::dttl) == 56);
  CHECK(row.number(Field::dtos) == 8);
  CHECK(row.number(Field::smac) == 0x020000000001);
  CHECK(row.number(Field::dmac) == 0x020000000002);
  CHECK(row.number(Field::senc) == (kEncEthernet | kEncVlan));
  CHECK(row.number(Field::trans) == 1);
  CHECK(row.number(Field::dirwhy) == static_cast<unsigned>(DirWhy::syn));
}

TEST_CASE("ends change places where the stored key is reversed, and where only the answer to a SYN was seen") {
  const auto with = [](std::uint8_t subtype, std::uint32_t status) {
    return only_row(classic_record(
        1, {classic_block(0x02, subtype, 1, {0x0a000001, 0x0a000002, 0x06000050, 0x03e80000}),
            classic_block(0x10, 0, 1, {0x03'1e'02'14}), classic_block(0x30, 4, 0, {status, 0x12100000})}));
  };
  const Row reversed = with(0x41, 0);
  CHECK(reversed.number(Field::sport) == 1000);
  CHECK(reversed.number(Field::spkts) == 3);
  const Row answered = with(0x01, 0x6);
  CHECK(answered.number(Field::sport) == 1000);
  CHECK(answered.number(Field::spkts) == 2);
  CHECK(answered.number(Field::dflags) == 0x12);
  CHECK((answered.number(Field::devents) & kTcpSynAck) != 0);
  CHECK(with(0x01, 0x2).number(Field::sport) == 80);
}

TEST_CASE("times of each side are absolute or follow the first one") {
  const auto times = [](std::uint8_t subtype, std::uint8_t unit, std::initializer_list<std::uint32_t> words) {
    return only_row(
        classic_record(1, {classic_block(0x10, 0, 1, {0x03'1e'02'14}), classic_block(0x03, subtype, unit, words)}));
  };
  const Row all = times(0x7d, 0x18, {1'600'000'000, 5, 100, static_cast<std::uint32_t>(-2), 50});
  CHECK(all.number(Field::sstime) == 1'600'000'000'000'005'000u);
  CHECK(all.number(Field::sltime) == 1'600'000'000'000'105'000u);
  CHECK(all.number(Field::dstime) == 1'600'000'000'000'003'000u);
  CHECK(all.number(Field::stime) == 1'600'000'000'000'003'000u);
  CHECK(all.number(Field::ltime) == 1'600'000'000'000'105'000u);
  const Row nanos = times(0x02, 0x19, {1'600'000'000, 5, 1'600'000'000, 9});
  CHECK(nanos.number(Field::stime) == 1'600'000'000'000'000'005u);
  CHECK(nanos.number(Field::ltime) == 1'600'000'000'000'000'009u);
  CHECK_FALSE(times(0x02, 0x18, {0, 5, 0, 9}).has(Field::stime));
}

TEST_CASE("counters have every width, of both sides or of one") {
  const auto counted = [](std::uint8_t subtype, std::uint8_t form, std::initializer_list<std::uint32_t> words) {
    return only_row(classic_record(1, {classic_block(0x10, subtype, form, words)}));
  };
  CHECK(counted(0, 3, {1, 2, 3, 4}).number(Field::dbytes) == 4);
  CHECK(counted(0, 4, {0, 1, 1, 2, 0, 3, 0, 4}).number(Field::sbytes) == (std::uint64_t{1} << 32) + 2);
  CHECK(counted(0, 5, {0x0507'0000}).number(Field::sbytes) == 7);
  CHECK(counted(4, 10, {0x0001'0002, 0x0003'0000}).number(Field::dappbytes) == 3);
  CHECK(counted(4, 10, {0x0001'0002, 0x0003'0000}).number(Field::spkts) == 0);
  CHECK_FALSE(counted(0, 4, {}).has(Field::spkts));
}

TEST_CASE("what the classic says of other protocols is in their fields") {
  const Row ping =
      only_row(classic_record(1, {classic_block(0x02, 1, 1, {0x0a000001, 0x0a000002, 0x01000800, 0x4d000100}),
                                  classic_block(0x34, 0, 4, {0x0b000000, 0xc0000201, 0, 0, 0, 0, 0})}));
  CHECK(ping.number(Field::itype) == 8);
  CHECK(ping.number(Field::icmpid) == 77);
  CHECK(ping.number(Field::icmpmap) == kIcmpMapTimeExceeded);
  CHECK(ping.cell(Field::inode) == row().with(Field::inode, "192.0.2.1").cell(Field::inode));
  CHECK_FALSE(ping.has(Field::sport));
  const Row llc =
      only_row(classic_record(1, {classic_block(0x02, 1, 3, {0x02000000, 0x00020200, 0x00000001, 0x00004243})}));
  CHECK(llc.number(Field::proto) == kProtoLlc);
  CHECK(llc.number(Field::ssap) == 0x43);
  CHECK(llc.cell(Field::saddr) == row().with(Field::saddr, "02:00:00:00:00:01").cell(Field::saddr));
  const Row arp = only_row(
      classic_record(1, {classic_block(0x02, 6, 4, {0x00010800, 0x06040001, 0x0a000001, 0x0a000002, 0x02000000})}));
  CHECK(arp.number(Field::proto) == kProtoArp);
  CHECK(arp.cell(Field::daddr) == row().with(Field::daddr, "10.0.0.2").cell(Field::daddr));
  const Row mpls = only_row(classic_record(1, {classic_block(0x44, 1, 0, {0x0001d1ff})}));
  CHECK(mpls.number(Field::smpls) == 29);
  const Row vlan = only_row(classic_record(2, {classic_block(0x40, 0, 1, {0x60650000})}));
  CHECK(vlan.number(Field::svlan) == 0x6065);
  CHECK_FALSE(vlan.has(Field::dvlan));
  CHECK(vlan.number(Field::trans) == 0);
}

TEST_CASE("a record of several has what they have in common, and their durations") {
  const Row merged = only_row(classic_record(
      2, {classic_block(0x02, 1, 0x41, {0x0a000000, 0, 0x06000000, 0x00001800}),
          classic_block(0x10, 0, 1, {0x03'1e'02'14}),
          classic_block(0x60, 4, 1, {2, 0, 0, 0, 0, 0x02000000, 0x0000003f, 0x0000403f, 0x0000803e, 0x0000803f})}));
  CHECK(merged.number(Field::smask) == 24);
  CHECK_FALSE(merged.has(Field::daddr));
  CHECK_FALSE(merged.has(Field::sport));
  CHECK(merged.number(Field::records) == 2);
  CHECK(merged.number(Field::trans) == 2);
  CHECK(merged.number(Field::dursum) == 1500 * kMillisecond);
  CHECK(merged.number(Field::durmin) == 500 * kMillisecond);
  CHECK(merged.number(Field::durmax) == 1000 * kMillisecond);
}

TEST_CASE("management records tell of packets received and dropped") {
  const ReadRecords got = read(classic_file({classic_management(2, 100, 7), classic_tcp()}));
  REQUIRE(got.ledger.entries().size() == 2);
  CHECK(got.ledger.entries()[0].item == LedgerItem::received);
  CHECK(got.ledger.entries()[0].count == 100);
  CHECK(got.ledger.entries()[1].item == LedgerItem::kernel_dropped);
  CHECK(got.ledger.entries()[1].count == 7);
  CHECK(got.rows.size() == 1);
}

TEST_CASE("what no field holds is told by kind") {
  const ReadRecords got = read(
      classic_file({classic_record(1, {classic_block(0x50, 0x10, 0, {0x00040002, 0x61620000}),
                                       classic_block(0x46, 0, 1, {1, 2, 3, 4, 5}), classic_block(0x70, 0, 0, {})})}));
  CHECK(got.facts.unheld.size() == 3);
  CHECK(got.facts.unheld.at("user data") == 1);
}

TEST_CASE("a classic file cut anywhere gives the records before the cut, and says so") {
  const ClassicBytes whole = classic_file({classic_tcp(), classic_tcp(1'600'000'010)});
  const std::size_t one = classic_tcp().size();
  for (std::size_t size = 128; size < whole.size(); size++) {
    CAPTURE(size);
    const ReadRecords got = read_all(*read_classic(stream_of(Bytes(whole).first(size))));
    CHECK(got.rows.size() == (size - 128) / one);
    CHECK(got.facts.problems.size() == ((size - 128) % one == 0 ? 0 : 1));
  }
}

TEST_CASE("a damaged classic record costs itself and no other one") {
  const std::size_t one = classic_tcp().size();
  const ClassicBytes whole = classic_file({classic_tcp(), classic_tcp(1'600'000'010), classic_tcp(1'600'000'020)});
  for (const std::size_t at : {0u, 2u, 3u, 7u}) {  // its type, version, length, and the length of its first block
    CAPTURE(at);
    ClassicBytes bytes = whole;
    bytes[128 + one + at] = std::byte{0xfe};
    const ReadRecords got = read(bytes);
    CHECK(got.rows.size() == 2);
    CHECK(got.facts.lost == 1);
    REQUIRE(got.facts.problems.size() == 1);
    CHECK(got.facts.problems[0].code == Errc::corrupt);
  }
  ClassicBytes shifted = whole;
  shifted.erase(shifted.begin() + 128 + 10, shifted.begin() + 128 + 13);
  const ReadRecords got = read(shifted);
  CHECK(got.rows.size() == 2);
  CHECK(got.facts.skipped == one - 3);
}

TEST_CASE("every byte of a classic file may be any other one") {
  const ClassicBytes whole = classic_file({classic_tcp(), classic_tcp(1'600'000'010)});
  for (std::size_t at = 0; at < whole.size(); at++)
    for (const int value : {0x00, 0x01, 0x13, 0x83, 0xff}) {
      ClassicBytes bytes = whole;
      bytes[at] = static_cast<std::byte>(value);
      CHECK(read(bytes).rows.size() <= 3);
    }
}

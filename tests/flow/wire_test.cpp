// The numbers that stand in files (docs/format.md), written out. A file of any age is read by them, so that a line here
// is never changed: a new thing gets a new line.
#include <array>
#include <catch2/catch.hpp>

#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/type.h"

using namespace argus;

namespace {

struct WireField {
  std::uint16_t wire;
  std::string_view name;
  Type type;
};
constexpr WireField kWireFields[] = {
    {1, "stime", Type::i64},
    {2, "ltime", Type::i64},
    {3, "ftime", Type::i64},
    {4, "srcid", Type::bytes},
    {5, "proto", Type::u16},
    {6, "etype", Type::u16},
    {7, "saddr", Type::addr},
    {8, "daddr", Type::addr},
    {9, "smask", Type::u8},
    {10, "dmask", Type::u8},
    {11, "sport", Type::u16},
    {12, "dport", Type::u16},
    {13, "itype", Type::u8},
    {14, "icode", Type::u8},
    {15, "icmpid", Type::u16},
    {16, "ssap", Type::u8},
    {17, "dsap", Type::u8},
    {18, "smac", Type::u64},
    {19, "dmac", Type::u64},
    {20, "svlan", Type::u16},
    {21, "dvlan", Type::u16},
    {22, "smpls", Type::u32},
    {23, "dmpls", Type::u32},
    {24, "spkts", Type::u64},
    {25, "dpkts", Type::u64},
    {26, "sbytes", Type::u64},
    {27, "dbytes", Type::u64},
    {28, "sappbytes", Type::u64},
    {29, "dappbytes", Type::u64},
    {30, "trans", Type::u64},
    {31, "records", Type::u64},
    {32, "sloss", Type::u64},
    {33, "dloss", Type::u64},
    {34, "sooo", Type::u64},
    {35, "dooo", Type::u64},
    {36, "sgap", Type::u64},
    {37, "dgap", Type::u64},
    {38, "sflags", Type::u8},
    {39, "dflags", Type::u8},
    {40, "sevents", Type::u32},
    {41, "devents", Type::u32},
    {42, "swin", Type::u32},
    {43, "dwin", Type::u32},
    {44, "stcpopt", Type::u16},
    {45, "dtcpopt", Type::u16},
    {46, "synacksum", Type::u64},
    {47, "synacks", Type::u64},
    {48, "ackdatsum", Type::u64},
    {49, "ackdats", Type::u64},
    {50, "sttl", Type::u8},
    {51, "dttl", Type::u8},
    {52, "stos", Type::u8},
    {53, "dtos", Type::u8},
    {54, "senc", Type::u32},
    {55, "denc", Type::u32},
    {56, "icmpmap", Type::u8},
    {57, "inode", Type::addr},
    {58, "sfrags", Type::u64},
    {59, "dfrags", Type::u64},
    {60, "sipopt", Type::u16},
    {61, "dipopt", Type::u16},
    {62, "cause", Type::u8},
    {63, "dirwhy", Type::u8},
    {64, "dursum", Type::u64},
    {65, "durmin", Type::u64},
    {66, "durmax", Type::u64},
    {67, "dursq", Type::u128},
    {68, "sstime", Type::i64},
    {69, "dstime", Type::i64},
    {70, "sltime", Type::i64},
    {71, "dltime", Type::i64},
    {72, "estimated", Type::u8},
    {73, "saddrs", Type::u64},
    {74, "daddrs", Type::u64},
    {75, "sports", Type::u64},
    {76, "dports", Type::u64},
    {77, "protos", Type::u64},
    {78, "smacs", Type::u64},
    {79, "dmacs", Type::u64},
    {80, "srcids", Type::u64},
    {81, "intvl", Type::u64},
    {82, "intvldev", Type::u64},
    {110, "exporter", Type::addr},
    {111, "odid", Type::u32},
    {112, "input", Type::u32},
    {113, "output", Type::u32},
    {114, "sas", Type::u32},
    {115, "das", Type::u32},
    {116, "snexthop", Type::addr},
    {117, "dnexthop", Type::addr},
    {118, "sbgphop", Type::addr},
    {119, "dbgphop", Type::addr},
    {120, "natsaddr", Type::addr},
    {121, "natdaddr", Type::addr},
    {122, "natsport", Type::u16},
    {123, "natdport", Type::u16},
    {124, "sampling", Type::u32},
    {125, "app", Type::bytes},
    {126, "sroute", Type::u8},
    {127, "droute", Type::u8},
    {128, "vni", Type::u32},
    {129, "fwevent", Type::u8},
    {130, "fwext", Type::u16},
    {131, "user", Type::bytes},
    {132, "sdrops", Type::u64},
    {133, "ddrops", Type::u64},
    {134, "sdropbytes", Type::u64},
    {135, "ddropbytes", Type::u64},
    {136, "flowdir", Type::u8},
    {137, "svrf", Type::u32},
    {138, "dvrf", Type::u32},
    {139, "slabel", Type::u32},
    {140, "dlabel", Type::u32},
    {141, "flowid", Type::u64},
    {90, "tunnel", Type::u8},
    {91, "stunid", Type::u32},
    {92, "dtunid", Type::u32},
    {93, "osaddr", Type::addr},
    {94, "odaddr", Type::addr},
    {95, "osport", Type::u16},
    {96, "odport", Type::u16},
    {180, "sco", Type::bytes},
    {181, "dco", Type::bytes},
    {182, "scity", Type::bytes},
    {183, "dcity", Type::bytes},
    {184, "sorg", Type::bytes},
    {185, "dorg", Type::bytes},
    {186, "snet", Type::bytes},
    {187, "dnet", Type::bytes},
    {188, "label", Type::bytes},
    {190, "sname", Type::bytes},
    {191, "dname", Type::bytes},
    {148, "shist", Type::u64},
    {149, "dhist", Type::u64},
    {150, "sminsz", Type::u32},
    {151, "dminsz", Type::u32},
    {152, "smaxsz", Type::u32},
    {153, "dmaxsz", Type::u32},
    {154, "stcpb", Type::u32},
    {155, "dtcpb", Type::u32},
    {156, "sipid", Type::u16},
    {157, "dipid", Type::u16},
    {158, "ssynwin", Type::u16},
    {159, "dsynwin", Type::u16},
    {160, "sintacts", Type::u64},
    {161, "dintacts", Type::u64},
    {162, "sintactsum", Type::u64},
    {163, "dintactsum", Type::u64},
    {164, "sintactsq", Type::u128},
    {165, "dintactsq", Type::u128},
    {166, "sintpktactmin", Type::u64},
    {167, "dintpktactmin", Type::u64},
    {168, "sintpktactmax", Type::u64},
    {169, "dintpktactmax", Type::u64},
    {170, "sintidls", Type::u64},
    {171, "dintidls", Type::u64},
    {172, "sintidlsum", Type::u64},
    {173, "dintidlsum", Type::u64},
    {174, "sintidlsq", Type::u128},
    {175, "dintidlsq", Type::u128},
    {176, "sintpktidlmin", Type::u64},
    {177, "dintpktidlmin", Type::u64},
    {178, "sintpktidlmax", Type::u64},
    {179, "dintpktidlmax", Type::u64},
};

struct WireItem {
  std::uint8_t code;
  LedgerItem item;
  std::string_view name;
};
constexpr WireItem kWireItems[] = {
    {1, LedgerItem::received, "received"},
    {2, LedgerItem::metered, "metered"},
    {3, LedgerItem::kernel_dropped, "kernel_dropped"},
    {4, LedgerItem::interface_dropped, "interface_dropped"},
    {5, LedgerItem::too_short, "too_short"},
    {6, LedgerItem::malformed, "malformed"},
    {7, LedgerItem::bad_link, "bad_link"},
    {8, LedgerItem::too_deep, "too_deep"},
    {9, LedgerItem::evicted, "evicted"},
    {10, LedgerItem::time_back, "time_back"},
    {11, LedgerItem::capture_cut, "capture_cut"},
    {12, LedgerItem::clock_stepped, "clock_stepped"},
    {13, LedgerItem::records_unwritten, "records_unwritten"},
    {14, LedgerItem::records_skipped, "records_skipped"},
    {15, LedgerItem::sensor_silent, "sensor_silent"},
    {16, LedgerItem::records_lost, "records_lost"},
    {17, LedgerItem::bytes_skipped, "bytes_skipped"},
    {18, LedgerItem::frames_damaged, "frames_damaged"},
    {19, LedgerItem::records_late, "records_late"},
    {40, LedgerItem::datagrams, "datagrams"},
    {41, LedgerItem::datagrams_malformed, "datagrams_malformed"},
    {42, LedgerItem::datagrams_unknown, "datagrams_unknown"},
    {43, LedgerItem::datagrams_lost, "datagrams_lost"},
    {44, LedgerItem::flows_lost, "flows_lost"},
    {45, LedgerItem::sequence_restarts, "sequence_restarts"},
    {46, LedgerItem::templates_missing, "templates_missing"},
    {47, LedgerItem::template_bytes, "template_bytes"},
    {48, LedgerItem::templates_refused, "templates_refused"},
    {49, LedgerItem::templates_forgotten, "templates_forgotten"},
    {50, LedgerItem::elements_unknown, "elements_unknown"},
    {51, LedgerItem::exporters_forgotten, "exporters_forgotten"},
    {52, LedgerItem::counter_samples, "counter_samples"},
    {53, LedgerItem::samples_unknown, "samples_unknown"},
    {54, LedgerItem::sampler_dropped, "sampler_dropped"},
    {55, LedgerItem::options_learned, "options_learned"},
    {56, LedgerItem::uniflows_unpaired, "uniflows_unpaired"},
};

}  // namespace

TEST_CASE("fields have the wire numbers, names and types that they have in files") {
  CHECK(std::size(kWireFields) == kStoredFields);
  for (const WireField& wire : kWireFields) {
    CAPTURE(wire.wire, wire.name);
    const auto field = field_of_wire(wire.wire);
    REQUIRE(field);
    CHECK(info(*field).name == wire.name);
    CHECK(info(*field).type == wire.type);
    CHECK(info(*field).wire == wire.wire);
  }
}

TEST_CASE("types have the numbers that they have in files") {
  constexpr Type kTypes[] = {Type::u8, Type::u16, Type::u32, Type::u64, Type::i64, Type::u128, Type::addr, Type::bytes};
  for (unsigned i = 0; i < std::size(kTypes); i++) CHECK(static_cast<unsigned>(kTypes[i]) == i + 1);
}

TEST_CASE("items of the ledger have the numbers that they have in files") {
  std::size_t known = 0;
  for (unsigned code = 0; code < 256; code++) known += ledger_name(static_cast<LedgerItem>(code)).empty() ? 0u : 1u;
  CHECK(known == std::size(kWireItems));
  for (const WireItem& wire : kWireItems) {
    CAPTURE(wire.name);
    CHECK(static_cast<std::uint8_t>(wire.item) == wire.code);
    CHECK(ledger_name(wire.item) == wire.name);
  }
}

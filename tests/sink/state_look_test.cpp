// The column of the state as --state asks for it.
#include "sink/state_look.h"

#include <catch2/catch.hpp>
#include <string>

#include "flow/batch.h"
#include "flow/events.h"
#include "flow/field.h"
#include "sink/text.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

std::string state_of(StateLook look, const Row& row) {
  const Batch batch = batch_of({row});
  StatePrinter printer(look);
  printer.start(batch);
  std::string out;
  return printer.append(0, out) ? out : "-";
}

}  // namespace

TEST_CASE("changes are the letters of what either side did, in the order of a connection") {
  const Row row = Row()
                      .with(Field::sevents, kTcpSyn | kTcpEstablished | kTcpReset | kTcpRetransmit)
                      .with(Field::devents, kTcpSynAck | kTcpEstablished | kTcpFin | kTcpFinAcked);
  CHECK(state_of(StateLook::changes, row) == "sSEfFR");
  CHECK(state_of(StateLook::changes, Row().with(Field::sevents, std::uint32_t{kTcpSyn})) == "s");
  CHECK(state_of(StateLook::changes, Row().with(Field::spkts, 1)) == "-");
}

TEST_CASE("flags are those of both sides or of one") {
  const Row row = Row().with(Field::sflags, 0x1a).with(Field::dflags, 0x12);
  const std::string both = state_of(StateLook::flags, row);
  CHECK(both == state_of(StateLook::source_flags, row) + "_" + state_of(StateLook::destination_flags, row));
  CHECK(both == "SPA_SA");
  CHECK(state_of(StateLook::flags, Row().with(Field::spkts, 1)) == "-");
  CHECK(state_of(StateLook::name, row) == "-");
}

TEST_CASE("a look has a word of ours and a letter of the classic") {
  CHECK(*parse_state_look("changes") == StateLook::changes);
  CHECK(*parse_state_look("z") == StateLook::changes);
  CHECK(*parse_state_look("b") == StateLook::flags);
  CHECK(*parse_state_look("s") == StateLook::source_flags);
  CHECK(*parse_state_look("d") == StateLook::destination_flags);
  CHECK(*parse_state_look("name") == StateLook::name);
  for (const char* word : {"", "x", "sd"}) CHECK_FALSE(parse_state_look(word));
}

#include <sys/socket.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <string>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "import/classic_bytes.h"
#include "net/dial.h"
#include "source/inputs.h"
#include "source/inspect.h"
#include "source/open_source.h"
#include "source/remote.h"
#include "support/flow_builder.h"
#include "support/scratch_folder.h"

using namespace argus;

namespace {

std::string text_of(const ClassicBytes& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

ClassicBytes with_jitter() {
  return classic_record(1, {classic_block(0x02, 1, 1, {0x0a000001, 0x0a000002, 0x06000050, 0x03e80000}),
                            classic_block(0x10, 0, 1, {0x03'1e'02'14}), classic_block(0x46, 0, 1, {1, 2, 3, 4, 5})});
}

}  // namespace

TEST_CASE("a classic file is a source of flows, which says once what it cannot hold") {
  const ScratchFolder folder;
  const std::string path = folder.write("old", text_of(classic_file({classic_tcp(), with_jitter(), with_jitter()})));
  auto source = open_source({path}, {});
  REQUIRE(source);
  const Pulled got = pulled(**source);
  CHECK(got.rows.size() == 3);
  REQUIRE(got.problems.size() == 1);
  CHECK(got.problems[0].code == Errc::harmless);
  CHECK(got.said("jitter (2 records)"));
}

TEST_CASE("damage in a classic file is told and is in the ledger") {
  const ScratchFolder folder;
  const ClassicBytes whole = classic_file({classic_tcp(), classic_tcp()});
  const std::string path = folder.write("old", text_of({whole.begin(), whole.end() - 4}));
  auto source = open_source({path}, {});
  REQUIRE(source);
  const Pulled got = pulled(**source);
  CHECK(got.rows.size() == 1);
  CHECK(got.count(LedgerItem::records_lost) == 1);
  REQUIRE(got.problems.size() == 1);
  CHECK(got.problems[0].code == Errc::corrupt);
}

TEST_CASE("what is in a classic file is told by reading it") {
  const ScratchFolder folder;
  const std::string path =
      folder.write("old", text_of(classic_file({classic_management(2, 100, 7), classic_tcp(), with_jitter()})));
  const auto facts = inspect(path, {});
  REQUIRE(facts);
  CHECK(facts->kind == "classic");
  CHECK(facts->records == 2);
  CHECK(facts->foreign.unheld == "jitter (1 record)");
  CHECK(facts->times.first == 1'600'000'000'000'250'000);
  CHECK(facts->flows.ledger.entries().size() == 2);
}

TEST_CASE("a classic sensor is told to start, and its records come as it sends them") {
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  File sensor(ends[1], "sensor");
  REQUIRE(sensor.write(Bytes(classic_file({classic_tcp()}))));
  Endpoint endpoint;
  endpoint.transport = Transport::classic;
  endpoint.text = "classic:sensor1";
  RemoteOptions options;
  std::atomic<int> calls = 0;
  options.dial = [&](const Endpoint&, const std::atomic<bool>&) -> Result<File> {
    if (calls++ == 0) return File(ends[0], "reader");
    return fail(Errc::io, "gone");
  };
  auto source = open_remote({endpoint}, options);
  REQUIRE(source);
  std::atomic<bool> stop = false;
  Resources resources;
  resources.stop = &stop;
  REQUIRE((*source)->bind({FieldSet::all_stored(), nullptr, {}}, resources));
  std::size_t rows = 0;
  Batch batch;
  while (rows == 0) {
    const auto step = (*source)->next(batch);
    REQUIRE(step);
    REQUIRE(*step != Step::end);
    rows += batch.rows();
  }
  CHECK(batch[Field::sport].at<std::uint16_t>(0) == 1000);
  char asked[8] = {};
  REQUIRE(::recv(sensor.fd(), asked, 7, 0) == 7);
  CHECK(std::string(asked) == "START: ");
  stop = true;
  for (auto step = (*source)->next(batch); step && *step != Step::end;) step = (*source)->next(batch);
}

TEST_CASE("a classic sensor that asks for SASL, or is none, is refused with the reason") {
  ClassicBytes sasl = classic_management(1);
  sasl[6] = std::byte{0x10};
  for (const auto& [bytes, reason] : {std::pair(sasl, std::string("SASL")),
                                      std::pair(ClassicBytes(128, std::byte{'x'}), std::string("not a sensor"))}) {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    const File sensor(ends[1], "sensor");
    REQUIRE(::send(ends[1], bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    Endpoint endpoint;
    endpoint.transport = Transport::classic;
    endpoint.text = "classic:sensor1";
    RemoteOptions options;
    options.dial = [&](const Endpoint&, const std::atomic<bool>&) -> Result<File> { return File(ends[0], "reader"); };
    auto source = open_remote({endpoint}, options);
    REQUIRE(source);
    const auto rows = try_rows_of(**source, {FieldSet::all_stored(), nullptr, {}});
    REQUIRE_FALSE(rows);
    CHECK(rows.error().text.find(reason) != std::string::npos);
  }
}

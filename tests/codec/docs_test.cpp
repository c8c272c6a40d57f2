// The frame that docs/format.md shows in full is one.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "base/bytes.h"
#include "base/time.h"
#include "codec/block_reader.h"
#include "codec/directory.h"
#include "codec/frame.h"
#include "codec/repair.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "support/flow_builder.h"
#include "support/source_dir.h"

using namespace argus;

namespace {

// The rows that the page says the frame holds.
Batch shown_batch() {
  std::vector<Row> rows;
  const Nanos start = 1'700'000'000 * kSecond;
  for (unsigned i = 0; i < 3; i++) {
    Row one =
        row().with(Field::stime, start + i * kSecond).with(Field::ltime, start + i * kSecond + 250 * kMillisecond);
    one.with(Field::proto, 17).with(Field::saddr, i == 1 ? "192.0.2.9" : "192.0.2.7").with(Field::spkts, 2 + i);
    if (i != 2) one.with(Field::sport, 5000 + i);
    rows.push_back(one);
  }
  return batch_of(rows);
}
// The bytes of the page's block ```frame, where ";" begins a remark.
std::vector<std::byte> frame_of_page() {
  std::ifstream in(source_dir() + "/docs/format.md");
  REQUIRE(in);
  std::vector<std::byte> out;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```")) inside = line == "```frame";
    else if (inside) {
      std::istringstream words(line.substr(0, line.find(';')));
      for (std::string word; words >> word;) out.push_back(static_cast<std::byte>(std::stoul(word, nullptr, 16)));
    }
  }
  return out;
}

}  // namespace

TEST_CASE("the frame shown in docs/format.md holds the rows that the page says") {
  const auto frame = frame_of_page();
  FrameHead head;
  REQUIRE(parse_head(frame, head) == HeadFault::none);
  REQUIRE(frame.size() == kFrameHeadSize + head.stored);
  const Bytes payload = Bytes(frame).subspan(kFrameHeadSize);
  REQUIRE(head.directory_check == seeded_check(head.stream, payload.first(head.directory)));
  const auto directory = BlockDirectory::parse(payload.first(head.directory), head);
  REQUIRE(directory);
  Batch batch(head.rows);
  REQUIRE(BlockReader(*directory, payload.subspan(head.directory, head.columns()), head)
              .read(FieldSet::all_stored(), batch));
  CHECK(rows_of(batch) == rows_of(shown_batch()));
  std::vector<std::byte> repaired(payload.begin(), payload.end() - head.repair);
  FrameHead again = head;
  append_repair(again, repaired);
  CHECK((again.repair == head.repair && repaired == std::vector<std::byte>(payload.begin(), payload.end())));
}

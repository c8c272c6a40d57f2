#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <filesystem>

#include "archive/split.h"
#include "archive/split_names.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/field.h"
#include "flow/sink.h"
#include "sink/flow_file.h"
#include "support/capture_writer.h"
#include "support/disk_watch.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

Result<> written(Sink& sink) {
  ARGUS_TRY(sink.begin({}));
  ARGUS_TRY(sink.write(batch_of({row().with(Field::stime, kSecond).with(Field::sbytes, 7)})));
  disk_watch() = {};
  return sink.finish();
}
// Without what hides a temporary name and makes it random.
std::vector<std::string> synced() {
  std::vector<std::string> out = disk_watch().synced;
  for (std::string& name : out) {
    if (const auto end = name.find(".flows"); end != std::string::npos) name.resize(end + 6);
    if (const auto hidden = name.find("/."); hidden != std::string::npos) name.erase(hidden + 1, 1);
  }
  return out;
}
Result<> split_into(const std::string& folder, int refuse) {
  SplitOptions options;
  ARGUS_TRY_LET(options.names, SplitNames::parse(folder + "/$proto.flows"));
  ARGUS_TRY_LET(const auto sink, split_sink(std::move(options)));
  ARGUS_TRY(sink->begin({}));
  ARGUS_TRY(sink->write(batch_of({row().with(Field::proto, 6), row().with(Field::proto, 17)})));
  disk_watch() = {{}, refuse};
  auto done = sink->finish();
  disk_watch().refuse = 0;
  return done;
}

}  // namespace

TEST_CASE("a finished flow file and its name are on the disk") {
  const std::string folder = std::filesystem::canonical(scratch_folder()).string();
  const std::string path = folder + "/a.flows";
  for (const FlowFileMode mode : {FlowFileMode::replace, FlowFileMode::append}) {
    const auto sink = flow_file_sink(path, mode);
    REQUIRE(sink);
    REQUIRE(written(**sink));
    CHECK(synced() == std::vector<std::string>{path, folder});
  }
}

TEST_CASE("files of a split are on the disk when it ends") {
  const std::string folder = std::filesystem::canonical(scratch_folder()).string();
  REQUIRE(split_into(folder, 0));
  CHECK(disk_watch().synced == std::vector<std::string>{folder});
}

TEST_CASE("a disk that does not keep what it was given is an error") {
  const std::string folder = scratch_folder();
  for (const FlowFileMode mode : {FlowFileMode::replace, FlowFileMode::append}) {
    const auto sink = flow_file_sink(folder + "/a.flows", mode);
    REQUIRE(sink);
    REQUIRE((*sink)->begin({}));
    disk_watch() = {{}, EIO};
    const auto done = (*sink)->finish();
    disk_watch().refuse = 0;
    REQUIRE_FALSE(done);
    CHECK(done.error().code == Errc::io);
    CHECK(done.error().text.find("may be on the disk") != std::string::npos);
    CHECK((mode == FlowFileMode::append) == std::filesystem::exists(folder + "/a.flows"));
  }
  const auto split = split_into(scratch_folder(), EIO);
  REQUIRE_FALSE(split);
  CHECK(split.error().code == Errc::io);
}


#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "base/address.h"
#include "base/file.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/field.h"
#include "source/inputs.h"
#include "support/capture_writer.h"
#include "support/flow_builder.h"
#include "support/written.h"

using namespace argus;

TEST_CASE("what cannot be opened is named with the reason") {
  const std::string folder = scratch_folder();
  const Error missing = refusal({folder + "/no.flows"});
  CHECK(missing.code == Errc::io);
  CHECK((missing.text.find(folder + "/no.flows") != std::string::npos &&
         missing.text.find("no such file") != std::string::npos));
  CHECK(refusal({folder}).text.find("no files in this folder") != std::string::npos);
}

TEST_CASE("what is not flows or packets is refused by what it is") {
  const std::string path = scratch_folder() + "/x";
  write_file(path, {});
  CHECK((refusal({path}).code == Errc::foreign && refusal({path}).text.find("the file is empty") != std::string::npos));
  write_file(path, bytes_of("Date,Time,Amount\n1,2,3\n"));
  const Error text = refusal({path});
  CHECK(text.code == Errc::foreign);
  CHECK((text.text.find("starts with \"Date,Time,Amount\"") != std::string::npos &&
         text.hint.find("argus reads") != std::string::npos));
  write_file(path, bytes_of(std::string_view("\x7f"
                                             "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\0\0\0\0",
                                             20)));
  const Error binary = refusal({path});
  CHECK(binary.code == Errc::foreign);
  CHECK(binary.text.find("7f 45 4c 46") != std::string::npos);
  write_file(path, bytes_of("\x89"));
  CHECK(refusal({path}).code == Errc::foreign);
}

TEST_CASE("text in an error is made harmless") {
  const std::string path = scratch_folder() + "/x";
  write_file(path, bytes_of("a\tb\x1b[31m"));
  CHECK(refusal({path}).text.find('\x1b') == std::string::npos);
}

TEST_CASE("inputs are read in the order given, also captures and flow files mixed") {
  const std::string folder = scratch_folder();
  write_flows(folder + "/a.flows", {batch_of({tcp_row("10.1.1.1", 1, "10.1.1.2", 2)})});
  write_file(folder + "/b.pcap", udp_capture(kHour, 3).bytes());
  const Pulled got = pulled({folder + "/a.flows", folder + "/b.pcap", folder + "/a.flows"});
  REQUIRE(got.rows.size() == 3);
  CHECK(got.problems.empty());
  CHECK(got.rows[0] == got.rows[2]);
  CHECK(got.rows[1].number(Field::spkts) == 3);
}

TEST_CASE("a folder is read with the folders in it, in the order of names") {
  const std::string folder = scratch_folder();
  for (const char* below : {"/2026", "/2026/11", "/2026/11/24"}) REQUIRE(::mkdir((folder + below).c_str(), 0755) == 0);
  write_flows(folder + "/2026/11/24/b.flows", {batch_of({tcp_row("10.1.1.2", 2, "10.1.1.9", 80)})});
  write_flows(folder + "/2026/11/24/a.flows", {batch_of({tcp_row("10.1.1.1", 1, "10.1.1.9", 80)})});
  write_flows(folder + "/z.flows", {batch_of({tcp_row("10.1.1.3", 3, "10.1.1.9", 80)})});
  REQUIRE(::symlink(folder.c_str(), (folder + "/2026/again").c_str()) == 0);
  const Pulled got = pulled({folder});
  REQUIRE(got.rows.size() == 3);
  for (std::size_t i = 0; i < 3; i++) CHECK(got.rows[i].number(Field::sport) == i + 1);
}

TEST_CASE("an input that cannot be used is told, the others are read") {
  const std::string folder = scratch_folder();
  write_flows(folder + "/a.flows", {batch_of({tcp_row("10.1.1.1", 1, "10.1.1.2", 2)})});
  write_file(folder + "/notes", bytes_of("notes\n"));
  for (const auto& paths :
       {std::vector{folder + "/notes", folder + "/a.flows"}, std::vector{folder + "/a.flows", folder + "/no"},
        std::vector{folder + "/a.flows", folder + "/notes", folder + "/a.flows"}}) {
    const Pulled got = pulled(paths);
    CHECK(got.rows.size() == paths.size() - 1);
    CHECK(got.problems.size() == 1);
  }
}

TEST_CASE("a folder that cannot be read costs nothing but its own files") {
  const std::string folder = scratch_folder();
  std::string deep = folder;
  for (int i = 0; i < 20; i++) REQUIRE(::mkdir((deep += "/d").c_str(), 0755) == 0);
  write_flows(folder + "/a.flows", {batch_of({tcp_row("10.1.1.1", 1, "10.1.1.2", 2)})});
  const Pulled got = pulled({folder});
  CHECK(got.rows.size() == 1);
  CHECK(got.said("folders deep"));
}

TEST_CASE("what a command has not finished is no file of its folder, what a sensor writes is") {
  const std::string folder = scratch_folder();
  write_flows(folder + "/a.flows.part", {batch_of({tcp_row("10.1.1.1", 1, "10.1.1.2", 2)})});
  auto unfinished = Replacement::create(folder + "/b.flows");
  REQUIRE(unfinished);
  REQUIRE(unfinished->file().write(read_whole_file(folder + "/a.flows.part")));
  const Pulled got = pulled({folder});
  CHECK(got.rows.size() == 1);
  CHECK(got.problems.empty());
}

TEST_CASE("a folder is its files by name, without hidden ones") {
  const std::string folder = scratch_folder();
  write_flows(folder + "/b.flows", {batch_of({tcp_row("10.0.0.2", 1, "10.1.1.2", 2)})});
  write_flows(folder + "/a.flows", {batch_of({tcp_row("10.0.0.1", 1, "10.1.1.2", 2)})});
  write_file(folder + "/.hidden", bytes_of("nothing"));
  REQUIRE(::mkdir((folder + "/deeper").c_str(), 0700) == 0);
  const Pulled got = pulled({folder});
  REQUIRE(got.rows.size() == 2);
  CHECK(got.problems.empty());
  CHECK(std::get<Address>(got.rows[0].cell(Field::saddr)) == parse_address("10.0.0.1"));
}

TEST_CASE(
    "files of a folder that are neither flows nor packets are left out and said once, those that are damaged are not") {
  const std::string folder = scratch_folder();
  write_flows(folder + "/a.flows", {batch_of({tcp_row("10.0.0.1", 1, "10.1.1.2", 2)})});
  write_file(folder + "/b.pcap", udp_capture(kHour, 3).bytes());
  write_file(folder + "/README", bytes_of("notes\n"));
  const Pulled one = pulled({folder + "/"});
  CHECK(one.rows.size() == 2);
  REQUIRE(one.problems.size() == 1);
  CHECK(one.problems[0].code == Errc::harmless);
  CHECK(one.problems[0].text ==
        "1 file in " + folder + " is neither a flow file nor a capture and was skipped: README");
  for (const char* name : {"1", "2", "3", "4", "5", "6"}) write_file(folder + "/c" + name, bytes_of("notes\n"));
  const Pulled more = pulled({folder});
  REQUIRE(more.problems.size() == 1);
  CHECK(more.said("7 files in " + folder + " are neither flow files nor captures and were skipped: README, c1, c2, "));
  CHECK(more.said("and 2 more"));
  // Named itself, it is a fault as ever.
  const Pulled named = pulled({folder + "/a.flows", folder + "/README"});
  REQUIRE(named.problems.size() == 1);
  CHECK(named.problems[0].code == Errc::foreign);
  // A flow file whose end is missing is damage.
  const std::string whole = contents(*open_read(folder + "/a.flows"));
  write_file(folder + "/d.flows", bytes_of(std::string_view(whole).substr(0, whole.size() - 20)));
  const Pulled damaged = pulled({folder});
  CHECK(std::any_of(damaged.problems.begin(), damaged.problems.end(),
                    [](const Error& error) { return error.code == Errc::corrupt; }));
}

TEST_CASE("a folder without anything to read is refused") {
  const std::string folder = scratch_folder();
  write_file(folder + "/README", bytes_of("notes\n"));
  const Error none = refusal({folder});
  CHECK(none.code == Errc::foreign);
  CHECK(none.text.find("1 file in " + folder + " is neither") == 0);
}

TEST_CASE("files of other programs are called what they are") {
  const std::string path = scratch_folder() + "/x";
  struct Case {
    std::string_view bytes, says;
  };
  using namespace std::string_view_literals;
  const Case cases[] = {
      {"\x85\x10\x00\x20"sv, "is a file of the classic Argus 5"},
      {"\x0c\xa5\x01\x00"sv, "is an nfdump file"},
      {"PK\x03\x04\x14"sv, "unzip -p FILE | argus"},
      {"{\"time\":\"2026\"}\n"sv, "is JSON"},
      {"root:x:0:0:root:/root:/bin/bash\n"sv, "is text, not flow records"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.says);
    write_file(path, bytes_of(one.bytes));
    const Error error = refusal({path});
    CHECK(error.code == Errc::foreign);
    CHECK(whole_text(error).find(one.says) != std::string::npos);
  }
}

TEST_CASE("an empty folder among others is told, the others are read") {
  const std::string folder = scratch_folder(), empty = scratch_folder();
  write_file(folder + "/b.pcap", udp_capture(kHour, 3).bytes());
  const Pulled got = pulled({empty, folder});
  CHECK(got.rows.size() == 1);
  CHECK(got.said("no files in this folder"));
}

TEST_CASE("flow records of a pipe behind a capture are all read") {
  const std::string folder = scratch_folder(), pipe = folder + "/pipe";
  write_flows(folder + "/a.flows", {batch_of({tcp_row("10.1.1.1", 1, "10.1.1.2", 2)})});
  write_file(folder + "/b.pcap", udp_capture(kHour, 3).bytes());
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  std::thread feeder(
      [&] { std::ofstream(pipe, std::ios::binary) << std::ifstream(folder + "/a.flows", std::ios::binary).rdbuf(); });
  const Pulled got = pulled({folder + "/b.pcap", pipe});
  feeder.join();
  CHECK(got.rows.size() == 2);
  CHECK(got.problems.empty());
}

#include "net/keys.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>

#include "base/file.h"
#include "base/result.h"

using namespace argus;

namespace {

// A folder that goes away with all that is in it.
struct Folder {
  std::string path = "/tmp/argus_keys_XXXXXX";
  Folder() { REQUIRE(::mkdtemp(path.data()) != nullptr); }
  ~Folder() {
    for (const char* name : {"/a/keys", "/keys"}) ::unlink((path + name).c_str());
    ::rmdir((path + "/a").c_str());
    ::rmdir(path.c_str());
  }
};

void write_file(const std::string& path, std::string_view text, mode_t mode) {
  auto file = Replacement::create(path);
  REQUIRE(file);
  REQUIRE(file->file().write(text));
  REQUIRE(file->commit());
  REQUIRE(::chmod(path.c_str(), mode) == 0);
}

}  // namespace

TEST_CASE("a key is the same after it was written as text") {
  const auto key = make_key("laptop");
  REQUIRE(key);
  const auto again = parse_key(to_text(*key));
  REQUIRE(again);
  CHECK(again->name == "laptop");
  CHECK(again->secret == key->secret);
  CHECK(make_key("laptop")->secret != key->secret);
}

TEST_CASE("passwords and cut keys are no keys") {
  const std::string whole = to_text(*make_key("laptop"));
  for (std::size_t size = 0; size < whole.size(); size++) {
    CAPTURE(size);
    const auto key = parse_key(std::string_view(whole).substr(0, size));
    REQUIRE_FALSE(key);
    CHECK(key.error().code == Errc::usage);
  }
  for (const std::string& text :
       {std::string("correct horse"), whole + "A", "a b:" + whole.substr(7), ":" + whole.substr(7)})
    CHECK_FALSE(parse_key(text));
  CHECK_FALSE(make_key(""));
  CHECK_FALSE(make_key("../x"));
  CHECK_FALSE(make_key(std::string(65, 'a')));
}

TEST_CASE("the sensor's file: added, read, not twice, removed") {
  const Folder folder;
  const std::string path = folder.path + "/a/keys";
  const auto laptop = make_key("laptop"), desk = make_key("desk");
  REQUIRE(add_reader_key(path, {*laptop, ""}));
  REQUIRE(add_reader_key(path, {*desk, "net 10.1.0.0/16 and tcp"}));
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0007) == 0);
  CHECK_FALSE(add_reader_key(path, {*desk, ""}));
  auto keys = read_reader_keys(path);
  REQUIRE(keys);
  REQUIRE(keys->size() == 2);
  CHECK(keys->at(0).key.secret == laptop->secret);
  CHECK(keys->at(0).filter.empty());
  CHECK(keys->at(1).filter == "net 10.1.0.0/16 and tcp");
  CHECK(*remove_key(path, "laptop"));
  CHECK_FALSE(*remove_key(path, "laptop"));
  keys = read_reader_keys(path);
  REQUIRE(keys->size() == 1);
  CHECK(keys->at(0).key.name == "desk");
}

TEST_CASE("the reader's file keeps one key a sensor") {
  const Folder folder;
  const std::string path = folder.path + "/keys";
  REQUIRE(add_sensor_key(path, {"sensor1", *make_key("laptop")}));
  const auto newer = make_key("desk");
  REQUIRE(add_sensor_key(path, {"sensor1", *newer}));
  const auto keys = read_sensor_keys(path);
  REQUIRE(keys->size() == 1);
  CHECK(keys->at(0).key.name == "desk");
  CHECK(keys->at(0).key.secret == newer->secret);
}

TEST_CASE("a file that others can read is refused, with the cure") {
  const Folder folder;
  const std::string path = folder.path + "/keys";
  REQUIRE(add_reader_key(path, {*make_key("laptop"), ""}));
  REQUIRE(::chmod(path.c_str(), 0644) == 0);
  const auto keys = read_reader_keys(path);
  REQUIRE_FALSE(keys);
  CHECK(keys.error().text.find("chmod 600 " + path) != std::string::npos);
}

TEST_CASE("a line that is no key is named") {
  const Folder folder;
  const std::string path = folder.path + "/keys";
  write_file(path, "# comment\n\nlaptop secret\n", 0600);
  const auto keys = read_reader_keys(path);
  REQUIRE_FALSE(keys);
  CHECK(keys.error().text.find(path + ":3: ") == 0);
}

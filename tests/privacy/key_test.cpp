#include "privacy/key.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>

#include "base/result.h"
#include "support/scratch_folder.h"

namespace argus {

TEST_CASE("a key is 64 hexadecimal digits or 32 characters") {
  const auto digits = parse_disguise_key("000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F");
  REQUIRE(digits);
  CHECK(digits->bytes[31] == 0x1f);
  const auto text = parse_disguise_key("12345678901234567890123456789012");
  REQUIRE(text);
  CHECK(text->bytes[0] == '1');
  for (const std::string& wrong : {std::string(), std::string(31, 'a'), std::string(63, 'a'), std::string(64, 'g')})
    CHECK(parse_disguise_key(wrong).error().code == Errc::usage);
}

TEST_CASE("a key that was made is read again, and is not made over another one") {
  const ScratchFolder folder;
  const std::string path = folder.file("secret.key");
  const auto made = make_disguise_key_file(path);
  REQUIRE(made);
  const auto read = read_disguise_key(path);
  REQUIRE(read);
  CHECK(read->bytes == made->bytes);
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  CHECK(make_disguise_key_file(path).error().code == Errc::io);
}

TEST_CASE("a key that others can read is refused, and says how to mend it") {
  const ScratchFolder folder;
  const std::string path = folder.file("secret.key");
  REQUIRE(make_disguise_key_file(path));
  REQUIRE(::chmod(path.c_str(), 0644) == 0);
  const auto read = read_disguise_key(path);
  REQUIRE_FALSE(read);
  CHECK(read.error().text.find("chmod 600") != std::string::npos);
  CHECK(read_disguise_key(folder.file("none")).error().code == Errc::io);
}

}  // namespace argus

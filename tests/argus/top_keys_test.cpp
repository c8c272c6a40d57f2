#include <catch2/catch.hpp>

#include "argus/command.h"
#include "argus/help.h"
#include "top/keys.h"

using namespace argus;

TEST_CASE("the help of top and its page have each key of the table") {
  const std::string help = long_help(*find_command("top"), "argus top"), page = page_markdown(*find_command("top"));
  for (const std::string& line : top_key_lines()) {
    CHECK(help.find(line) != std::string::npos);
    CHECK(page.find(line) != std::string::npos);
  }
}

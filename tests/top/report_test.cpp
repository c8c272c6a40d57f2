#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdio>

#include "flow/ledger.h"
#include "top/model.h"
#include "top/reader.h"
#include "top/top.h"

namespace argus {

namespace {

// What `say` writes to standard error.
template <class Say>
std::string heard(Say say) {
  std::FILE* const file = std::tmpfile();
  REQUIRE(file != nullptr);
  const int before = ::dup(STDERR_FILENO);
  ::dup2(::fileno(file), STDERR_FILENO);
  say();
  ::dup2(before, STDERR_FILENO);
  ::close(before);
  std::rewind(file);
  std::string out(4096, '\0');
  out.resize(std::fread(out.data(), 1, out.size(), file));
  (void)std::fclose(file);
  return out;
}

}  // namespace

TEST_CASE("what a stranger wrote forges no line") {
  TopModel model({}, 1'000'000, true);
  TopPiece piece;
  piece.ledger.push_back({"a\nargus: key added for: root", 0, 1, LedgerItem::sensor_silent, 7});
  piece.said.push_back("sensor\x1b[31m: trying again in 1 s");
  model.take(piece, 0);
  const std::string text = heard([&] { (void)report_top(model); });
  CHECK(text.find("a\\x0aargus: key added for: root: 7 ") != std::string::npos);
  CHECK(std::count(text.begin(), text.end(), '\n') == 1);
  CHECK(model.picture({}, 0, 0, 10, true).said == "sensor\\x1b[31m: trying again in 1 s");
}

}  // namespace argus

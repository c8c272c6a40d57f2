#include <catch2/catch.hpp>

#include "base/bytes.h"
#include "source/kinds.h"

using namespace argus;

namespace {

ByteWriter head(std::uint16_t version, std::uint16_t second, std::uint32_t time) {
  ByteWriter out;
  out.be(version), out.be(second);
  if (version != 10) out.be<std::uint32_t>(5);
  out.be(time), out.be<std::uint32_t>(0);
  return out;
}

}  // namespace

TEST_CASE("messages of NetFlow and IPFIX are recognised by their heads, and other bytes are not") {
  constexpr std::uint32_t kTime = 1'700'000'000;
  CHECK(recognise_datagrams(head(5, 30, kTime).view()));
  CHECK(recognise_datagrams(head(9, 1, kTime).view()));
  CHECK(recognise_datagrams(head(10, 16, kTime).view()));
  CHECK_FALSE(recognise_datagrams(head(5, 31, kTime).view()));
  CHECK_FALSE(recognise_datagrams(head(10, 15, kTime).view()));
  CHECK_FALSE(recognise_datagrams(head(9, 1, 5).view()));
  CHECK_FALSE(recognise_datagrams(head(8, 1, kTime).view()));
  CHECK_FALSE(recognise_datagrams(head(9, 1, kTime).view().first(8)));
  CHECK_FALSE(recognise_datagrams({}));
}

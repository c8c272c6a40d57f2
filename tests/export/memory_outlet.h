// An outlet that keeps what it is sent, and refuses when a test wants it to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "export/outlet.h"

namespace argus {

struct MemoryPlace {
  std::vector<std::string> pieces;
  std::uint64_t session = 1;
  std::size_t piece_max = SIZE_MAX;
  bool refuses = false, finished = false;

  [[nodiscard]] std::string whole() const {
    std::string out;
    for (const std::string& piece : pieces) out += piece;
    return out;
  }
};

class MemoryOutlet final : public Outlet {
 public:
  explicit MemoryOutlet(MemoryPlace& place) : place_(place) {}
  std::size_t piece_max() const override { return place_.piece_max; }
  Result<std::uint64_t> session() override {
    if (place_.refuses) return fail(Errc::io, "away");
    return place_.session;
  }
  Result<> send(std::string_view piece) override {
    if (place_.refuses) return fail(Errc::io, "away");
    place_.pieces.emplace_back(piece);
    return {};
  }
  Result<> finish() override {
    place_.finished = true;
    return {};
  }

 private:
  MemoryPlace& place_;
};

[[nodiscard]] inline OutletPtr memory_outlet(MemoryPlace& place) { return std::make_unique<MemoryOutlet>(place); }

}  // namespace argus

// Which sources scan: by the targets that each of them called up and got no connection from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/address.h"
#include "base/hash.h"
#include "flow/batch.h"
#include "flow/field.h"

namespace argus {

// A target is a host and a TCP port that a source sent a SYN to. It is refused as long as no handshake with it was
// completed: no answer, a reset, or an answer that the source left there. A target counts once, however often it was
// called up, and one that accepted a connection once is accepted.
struct ScanTargets {
  std::uint64_t refused = 0, accepted = 0;
  bool counted = true;  // false: estimated, of a sample
  [[nodiscard]] bool is_scan() const { return refused >= 16 && refused >= 3 * accepted; }
};

class ScanDetector {
 public:
  explicit ScanDetector(std::size_t targets_max = 300'000, std::size_t sample_max = 1024);

  // What add() looks at.
  [[nodiscard]] static const FieldSet& fields();
  // Records, or ticks, in any order; a flow may come in several.
  void add(const Batch& batch);
  void clear();

  // All targets of a source.
  [[nodiscard]] ScanTargets of(const Address& source) const;
  // Those of them at this host and port, as far as they are in the sample; without one, any.
  [[nodiscard]] ScanTargets of(const Address& source, const std::optional<Address>& host,
                               std::optional<std::uint16_t> port) const;
  [[nodiscard]] std::size_t sources() const { return sources_.size(); }

 private:
  struct Target {
    std::uint64_t hash;  // of host and port
    Address host;
    std::uint16_t port;
    bool accepted;
  };
  // A sample of the targets, each with the same chance: those whose hash ends in `level` zero bits, in order of hash.
  struct Source {
    std::vector<Target> sample;
    unsigned level = 0;
  };
  struct AddressHash {
    HashKey key;
    std::size_t operator()(const Address& address) const {
      return mix(address.high() ^ key.k0, address.low() ^ key.k1);
    }
  };

  void add_target(const Address& source, const Target& target);
  void thin(Source& source);
  void shrink();

  HashKey key_;
  std::size_t targets_max_, sample_max_, targets_ = 0;
  std::unordered_map<Address, Source, AddressHash> sources_;
};

// "scan? 998 of 1 010 targets accepted no connection" for a merged record of a source that scans, if the record is of
// what it scanned; empty otherwise.
[[nodiscard]] std::string mark_of(const Batch& batch, std::size_t row, const ScanDetector& scans);

}  // namespace argus

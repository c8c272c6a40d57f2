// One interface through libpcap.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "flow/state.h"
#include "packet/packet.h"
#include "source/live.h"

namespace argus {

class LiveDevice {
 public:
  [[nodiscard]] static Result<std::unique_ptr<LiveDevice>> open(const std::string& name, const LiveOptions& options);
  ~LiveDevice();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string link_name() const;  // "Ethernet"
  [[nodiscard]] int fd() const;                 // readable when packets wait
  // Hands over the frames that wait, as many as the ring's block in turn holds at most; how many there were. Errc::io
  // when the interface is gone or down.
  [[nodiscard]] Result<std::size_t> read(const std::function<void(const Frame&)>& take);

  struct Drops {
    std::uint64_t kernel = 0, interface = 0;
  };
  [[nodiscard]] Drops new_drops();  // since the last call
  // Another filter in the kernel from now on; Errc::usage when it does not compile.
  [[nodiscard]] Result<> filter(const std::string& text);
  // Still the interface that was opened, up or down.
  [[nodiscard]] bool exists() const;
  // There is such an interface, and it is not up.
  [[nodiscard]] static bool is_down(const std::string& name);

 private:
  struct State;
  explicit LiveDevice(std::unique_ptr<State> state);
  std::string name_;
  std::unique_ptr<State> state_;
};

}  // namespace argus

// Packets of interfaces, as they come, as flows.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/live_source.h"
#include "flow/source.h"
#include "meter/meter.h"

namespace argus {

struct LiveOptions {
  std::vector<std::string> interfaces;  // "eth0"; "any" for all of them
  std::uint64_t buffer = 32u << 20;     // bytes of the kernel's ring, for each interface
  std::uint32_t snaplen = 256;          // bytes captured of a packet; lengths are those on the wire all the same
  bool promiscuous = true;
  std::string kernel_filter;  // pcap-filter(7): packets that it refuses are never seen; empty: none
  bool ticks = false;         // the rows are ticks, in place of records: header().ticks, and the ledger each second
  bool reopen = true;         // rights to open an interface that comes back stay with the process
  std::string reopen_option;  // that asks for it, "--reopen", for errors to name; empty: there is none
  MeterOptions meter;
  std::function<void(const std::string&)> say;  // sentences for the log: interfaces that go and come, clock steps
};

// Time is the machine's: flows end without traffic, next() gives a tick at least every 250 ms, the ledger is told once
// a minute and at the end. Ends when Resources::stop is set: what the rings still hold is metered, every live flow
// reported. An interface that goes away is said and waited for; when none is left and none can be opened again, that is
// the end, and a problem.
//
// Counts are taken, ticks handed out, and of settings these may change: kernel-filter (for an instant packets pass
// uncounted), status, and flows up to what it began with; Errc::usage: the filter does not compile.
class LiveSource : public Source, public CountingSource, public TickingSource, public ReloadableSource {
 public:
  CountingSource* counting() override { return this; }
  TickingSource* ticking() override { return this; }
  ReloadableSource* reloadable() override { return this; }
  [[nodiscard]] virtual std::string describe() const = 0;  // "eth0, Ethernet, ring 32 MiB, 256 bytes per packet"
};

// Whether some link type has a use for this filter of pcap-filter(7); Errc::usage with what libpcap says.
[[nodiscard]] Result<> check_kernel_filter(const std::string& text);

// Opens the interfaces. One that is down is waited for where it can be opened later (reopen), and that is said. Errors
// say what can be done: no such interface, down, not permitted, a filter that does not compile (usage).
[[nodiscard]] Result<std::unique_ptr<LiveSource>> open_live(const LiveOptions& options);

}  // namespace argus

// --resolve: names in the place of the addresses of rows that are about to be printed.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>

#include "base/channel.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/host_names.h"
#include "flow/source.h"
#include "net/resolver.h"
#include "shell/options.h"

namespace argus {

class NameLookup {
 public:
  static constexpr Nanos kWaitMost = 2 * kSecond;         // for names, in one run
  static constexpr Nanos kWaitLive = 200 * kMillisecond;  // for those of what arrives at a time
  static constexpr std::size_t kLookupsMost = 4096;       // addresses, in one run
  static constexpr std::size_t kTerminalWidth = 40;       // columns of a name, where somebody reads a table

  // `server`: as Resolver::open() takes it. `width`: columns that a name may take. `stop`: ends a wait; may be null.
  [[nodiscard]] static Result<std::shared_ptr<NameLookup>> open(const std::string& server, std::size_t width,
                                                                const std::atomic<bool>* stop);
  NameLookup(Resolver resolver, std::size_t width, const std::atomic<bool>* stop)
      : resolver_(std::move(resolver)), names_(width), stop_(stop) {}

  // Who waits: a run, kWaitMost in all; live rows, kWaitLive each time and, without an answer, kWaitMost in all; or
  // nobody.
  enum class Waits : std::uint8_t { run, rows, nobody };
  // Asks for the addresses in these columns that were not asked for before.
  void look_up(const Batch& batch, const FieldSet& fields, Waits waits);
  [[nodiscard]] const HostNames& names() const { return names_; }
  // Says how many addresses have no name because nobody answered in time; nothing where all were answered.
  void report() const;

 private:
  Resolver resolver_;
  HostNames names_;
  const std::atomic<bool>* stop_;
  Nanos waited_ = 0;
  std::size_t asked_ = 0, unanswered_ = 0;
  bool passed_over_ = false;  // addresses that came too late
};

// --resolver ADDRESS, into `server`; it sets `asked` as --resolve does.
void declare_resolver(OptionSet& options, bool& asked, std::string& server);

// Looks names up on a thread of its own, for a screen that does not wait.
class BackgroundLookup {
 public:
  // As NameLookup::open().
  [[nodiscard]] static Result<std::unique_ptr<BackgroundLookup>> start(const std::string& server, std::size_t width);
  BackgroundLookup() = default;
  BackgroundLookup(const BackgroundLookup&) = delete;
  BackgroundLookup& operator=(const BackgroundLookup&) = delete;
  ~BackgroundLookup();
  // Of these rows, unless it is at others: they are wanted again with the next frame.
  void want(const Batch& rows, const FieldSet& fields);
  [[nodiscard]] const HostNames& names() const { return lookup_->names(); }

 private:
  struct Rows {
    Batch batch;
    FieldSet fields;
  };
  std::atomic<bool> stop_ = false;
  std::shared_ptr<NameLookup> lookup_;
  Channel<Rows> wanted_{1};
  std::thread thread_;
};

// Has names ready for the rows that pass.
[[nodiscard]] SourcePtr resolved(SourcePtr rows, std::shared_ptr<NameLookup> lookup);

}  // namespace argus

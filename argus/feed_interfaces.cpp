// Packets of interfaces of this machine (-i).
#include "argus/input_options.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/source.h"
#include "shell/io.h"

#include "base/log.h"
#include "source/live.h"

namespace argus {

Result<SourcePtr> InputOptions::open_interfaces(const Io&) const {
  LiveOptions options;
  options.interfaces = words_of(Feed::interfaces);
  options.kernel_filter = kernel_filter_;
  options.promiscuous = !not_promiscuous_;
  options.ticks = watching_;
  options.reopen = false;
  options.say = [say = say_](const std::string& text) { say({text}); };
  ARGUS_TRY_LET(options.meter, meter_options());
  if (!watching_ && status_ == 0) options.meter.status_interval = kSecond;  // in place of ticks
  ARGUS_TRY_LET(std::unique_ptr<LiveSource> live, open_live(options));
  log_detail(live->describe());
  return SourcePtr(std::move(live));
}

}  // namespace argus

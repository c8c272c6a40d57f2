// Flows that exporters send to this machine (--collect).
#include "argus/input_options.h"
#include "base/log.h"
#include "base/result.h"
#include "flow/source.h"
#include "shell/io.h"
#include "source/collect.h"

namespace argus {

Result<SourcePtr> InputOptions::open_exporters(const Io&) const {
  CollectOptions options;
  options.addresses = words_of(Feed::exporters);
  options.sensor = sensor_;
  options.say = [say = say_](const std::string& text) { say({text}); };
  ARGUS_TRY_LET(std::unique_ptr<CollectedSource> collected, open_collected(options));
  log_detail(collected->describe());
  limit_calls();
  return SourcePtr(std::move(collected));
}

}  // namespace argus

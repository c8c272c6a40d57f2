// Flow records to a file, a pipe or standard output, in the stream format of docs/format.md.
#pragma once

#include <string>

#include "base/file.h"
#include "base/result.h"
#include "flow/sink.h"

namespace argus {

enum class FlowFileMode : std::uint8_t {
  replace,  // a temporary file beside it, renamed at the end; refuses what is not a flow file, and has something in it
  append,   // grows under its own name, a new stream after what is there; refuses what is not a flow file
};

[[nodiscard]] Result<SinkPtr> flow_file_sink(const std::string& path, FlowFileMode mode);
[[nodiscard]] SinkPtr flow_stream_sink(File out);  // pipes and sockets; takes the descriptor

}  // namespace argus

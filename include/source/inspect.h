// What is in a file, without its rows being asked for: by what it says of itself, or by reading and checking all of it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/damage.h"
#include "flow/ledger.h"
#include "flow/progress.h"

namespace argus {

struct InspectOptions {
  // Everything is read, decoded and checked. Else of flow files the heads and directories of their frames alone, and of
  // captures the beginning. Records of other programs have neither: all of them are read.
  bool whole = false;
  std::size_t threads = 1;                         // that decode
  const std::atomic<bool>* stop = nullptr;         // set: Errc::interrupted; may be null
  std::function<void(const Progress&)> told = {};  // hears how far it is, often; may be empty
};

// One column in all frames that have it.
struct ColumnFacts {
  std::uint64_t frames = 0, rows = 0;  // frames that list it, and the rows of these
  std::uint64_t constant = 0;          // frames in which every row has the same value, which is in the directory
  std::uint64_t raw = 0;               // bytes before compression
  std::uint64_t stored = 0;            // bytes after it, where it is compressed by itself
};

// Bytes of the frames by what they are for; together with `stored` of the columns, all bytes of whole frames.
struct FrameBytes {
  std::uint64_t heads = 0, directories = 0, repair = 0;
  std::uint64_t together = 0;  // of columns that are compressed together in small frames
  std::uint64_t others = 0;    // headers, ledgers
};

// Of the records, by the time of their first packet.
enum class RowOrder : std::uint8_t {
  unknown,    // not told without the rows
  by_frames,  // no frame begins before the one ahead of it ends; inside of frames, not told without the rows
  sorted,
  unsorted,
};

enum class Ending : std::uint8_t {
  closed,   // by its writer
  growing,  // its writer is at work
  open,     // not closed: the writer was stopped, or the file was cut
};

struct FlowFacts {
  std::uint64_t streams = 0;                     // one behind the other
  std::uint64_t frames = 0;                      // of all types
  std::uint64_t row_frames = 0, rows_most = 0;   // of these with records, and the records of the largest
  std::uint64_t together = 0;                    // frames whose columns are compressed together
  std::uint64_t undated = 0;                     // frames with records whose directories do not tell their times
  std::set<std::string> sensors;                 // that headers, ledgers and records of one sensor name
  std::uint64_t mixed = 0;                       // frames with records of several sensors, which are not told
  std::map<std::uint16_t, ColumnFacts> columns;  // by the number of the field in files
  FrameBytes bytes;
  Journal ledger;  // what was received and lost before it came to the file, summed up by sensor and item
  RowOrder order = RowOrder::unknown;
  bool live = false;  // some of it was written by a sensor
};

struct CaptureFacts {
  std::string_view form;  // "pcapng"; "pcap, microseconds"
};

// Of records that another program wrote.
struct ForeignFacts {
  std::string form;    // "a file of the classic Argus 3"; empty: it is of another kind
  std::string unheld;  // "user data (12 records)": what no field holds; empty: nothing
};

struct InputFacts {
  std::string_view kind;       // as sources.def names it
  std::string name;            // as it was given; "stdin"
  std::uint64_t bytes = 0;     // as it is on disk; of a pipe, what came
  std::uint64_t unpacked = 0;  // bytes read, without compression
  bool compressed = false;
  std::uint64_t records = 0;  // of flow files, without those that are lost
  std::uint64_t packets = 0;  // of captures, where all was read
  TimesRead times;            // of what is in it, as far as it is told
  Ending ending = Ending::closed;
  DamageLog::Lost lost;         // to damage, as far as it was looked for
  std::vector<Error> problems;  // Source::problems()
  FlowFacts flows;
  CaptureFacts capture;
  ForeignFacts foreign;
};

// Opens the input ("-" is standard input) and tells what is in it. Errors are those of what cannot be read at all:
// Errc::foreign, Errc::io; Errc::interrupted.
[[nodiscard]] Result<InputFacts> inspect(const std::string& path, const InspectOptions& options);

}  // namespace argus

// The files that a split writes: made once, few open at a time.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "archive/split.h"
#include "base/file.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/source.h"
#include "sink/flow_place.h"
#include "sink/flow_sink.h"

namespace argus {

class SplitFiles {
 public:
  // One of them. Belongs to SplitFiles and stays where it is.
  struct Output {
    std::vector<std::string> names;  // below the base
    bool made = false;               // was opened before in this run
    std::string temporary;           // beside it, until the end of the run: its own name is taken by what it replaces
    Nanos ends = INT64_MAX;          // of the last span that it holds
    std::unique_ptr<FlowSink> sink;  // null: closed
    std::list<Output*>::iterator place;
    // For the caller: what waits to be written, and whether it knows of that.
    std::vector<Batch> held;
    std::size_t held_rows = 0;
    bool listed = false;
  };

  static Result<SplitFiles> create(const SplitOptions& options);
  SplitFiles(SplitFiles&&) noexcept = default;
  SplitFiles& operator=(SplitFiles&&) noexcept = default;
  ~SplitFiles() { remove_temporaries(); }

  void begin(const StreamHeader& header) { header_ = header; }
  // The file of these names. Errc::limit beyond the most that a run may make.
  [[nodiscard]] Result<Output*> output(std::vector<std::string> names);
  // Its open sink, until the next call for another one.
  [[nodiscard]] Result<FlowSink*> open(Output& out);
  // Ends the stream in it, when it is open.
  [[nodiscard]] Result<> close(Output& out);
  // Ends all streams, and gives files that replace others their names.
  [[nodiscard]] Result<> close_all();
  // The same, where what was there before stays.
  [[nodiscard]] Result<> close_new();

  [[nodiscard]] std::vector<Output*> open_ones() const { return {recent_.begin(), recent_.end()}; }
  [[nodiscard]] SplitCounts counts(std::uint64_t records) const { return {made_, records, replaced_, appended_}; }

 private:
  struct Identity {
    dev_t device = 0;
    ino_t inode = 0;
  };
  SplitFiles() = default;
  // The folder of a file, in `below` or the base itself.
  [[nodiscard]] Result<int> folder_of(const Output& out, File& below) const;
  [[nodiscard]] std::string path_of(const Output& out) const;
  [[nodiscard]] Result<FileEnd> open_file(Output& out);
  // What is there may be replaced: a flow file, or an empty one. Names are made of records, which strangers send.
  [[nodiscard]] Result<> check_replaced(const File& file) const;
  [[nodiscard]] Result<> refuse_input(const File& file) const;
  [[nodiscard]] Result<> close_open();
  [[nodiscard]] Result<> sync_all() const;
  void remove_temporaries();

  std::string base_;
  File base_folder_;
  ExistingFiles existing_ = ExistingFiles::replaced;
  std::uint64_t files_max_ = 0, made_ = 0, replaced_ = 0, appended_ = 0, open_most_ = kSplitOpenMost;
  std::vector<Identity> inputs_;
  StreamHeader header_;
  std::unordered_map<std::string, std::unique_ptr<Output>> outputs_;  // by path below the base
  std::list<Output*> recent_;                                         // open ones, the last used first
};

}  // namespace argus

// Bytes from a file, a pipe or a socket, with a look ahead and with gzip, zstd, bzip2, xz and lz4 undone on the way
// (by their first bytes, never by name; in this process, no other program is started).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"

namespace argus {

class InputStream {
 public:
  static constexpr std::size_t kPeekMax = 32u << 20;  // bytes; a peek for more is Errc::limit

  // Called before each read of an input that is still being written: returns true when there is something to read (or
  // the end), false to end the input here, or the error that ends it.
  using Wait = std::function<Result<bool>(int fd)>;

  // Looks at the first bytes and sets up decompression where they ask for it. Nested compression is not followed.
  static Result<InputStream> open(File file, Wait wait = {});
  InputStream(InputStream&&) noexcept;
  InputStream& operator=(InputStream&&) noexcept;
  ~InputStream();

  // A view of the next n bytes without taking them; fewer only at the end of the input, or where an error (a broken
  // read, damaged compressed data) stopped it: that error comes once all bytes before it were taken. Valid until the
  // next call.
  [[nodiscard]] Result<Bytes> peek(std::size_t n);
  // The same, and it stays as long as what is given does. Unlike a copy it costs nothing where that is let go before
  // the next call.
  [[nodiscard]] Result<SharedBytes> share(std::size_t n);
  // All that can be seen without reading: at least what the last peek gave, often much more. Valid until the next call.
  [[nodiscard]] Bytes buffered() const;
  // A view of n bytes of which the first lies `ahead` behind the next one; fewer only where the input ends, or an error
  // stopped it. Valid until the next call.
  [[nodiscard]] Result<Bytes> peek_at(std::size_t ahead, std::size_t n);
  // From here on little of the input is wanted, here and there: reads are small, and what is passed over is not read
  // where the file allows.
  void read_little();
  [[nodiscard]] bool reads_little() const;
  // Takes n bytes that were peeked or passes over n bytes (seeking where the file allows); gives how many there were.
  [[nodiscard]] Result<std::uint64_t> skip(std::uint64_t n);

  [[nodiscard]] std::uint64_t offset() const;     // of the next byte, in uncompressed bytes
  [[nodiscard]] const std::string& name() const;  // as the user gave it; "stdin"
  [[nodiscard]] bool is_compressed() const;
  [[nodiscard]] int fd() const;
  // The compressed input ended or broke off in the middle: what was decompressed before is good. Set at the end.
  [[nodiscard]] bool cut_short() const;

 private:
  struct State;
  explicit InputStream(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace argus

// One buffer between the descriptor and those who peek. Reads are large, and what is left of a buffer is moved to its
// front only when the next read would not fit behind it. Bytes that are shared stay where they are: while some of a
// buffer are, what is left moves to another one, and the first is used again once nobody holds any of it.
#include "base/stream.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <optional>

#include "base/decompressor.h"

namespace argus {
namespace {

constexpr std::size_t kReadSize = 256u << 10;   // bytes a read asks for; they stay in the second-level cache
constexpr std::size_t kSeekAtLeast = 1u << 20;  // nearer places are read up to
constexpr std::size_t kReadLittle = 16u << 10;  // where little is wanted

// Memory that was not written to yet, and how many shares of it are held.
struct Block {
  explicit Block(std::size_t size) : bytes(std::make_unique_for_overwrite<std::byte[]>(size)), capacity(size) {}
  // What others read before they let go of it was read before what is written to it next.
  [[nodiscard]] bool is_shared() const { return shares.load(std::memory_order_acquire) != 0; }

  std::unique_ptr<std::byte[]> bytes;
  std::size_t capacity;
  std::atomic<std::size_t> shares = 0;
};

// A byte buffer that grows.
class Buffer {
 public:
  [[nodiscard]] std::size_t size() const { return end - begin; }
  [[nodiscard]] Bytes view() const { return {data() + begin, size()}; }
  [[nodiscard]] std::span<std::byte> free() const { return {data() + end, capacity() - end}; }
  // The first n bytes, which stay.
  [[nodiscard]] SharedBytes share(std::size_t n) const {
    block_->shares.fetch_add(1, std::memory_order_relaxed);
    // Whoever lets go last need not outlive the buffer.
    const auto let_go = [block = block_](const std::byte*) { block->shares.fetch_sub(1, std::memory_order_release); };
    return {view().first(n), std::shared_ptr<const std::byte>(data() + begin, let_go)};
  }
  // Makes room for n bytes more.
  void reserve(std::size_t n) {
    const bool shared = block_ && block_->is_shared();
    if (begin == end && !shared) begin = end = 0;
    if (capacity() - end >= n) return;
    if (!shared && capacity() - size() >= n) {
      std::memmove(data(), data() + begin, size());
    } else {
      const std::shared_ptr<Block> larger = other(shared ? capacity() : capacity() * 2, size() + n);
      if (size() > 0) std::memcpy(larger->bytes.get(), data() + begin, size());
      if (shared) shared_.push_back(std::move(block_));
      block_ = larger;
    }
    end = size();
    begin = 0;
  }

  std::size_t begin = 0, end = 0;

 private:
  [[nodiscard]] std::byte* data() const { return block_ ? block_->bytes.get() : nullptr; }
  [[nodiscard]] std::size_t capacity() const { return block_ ? block_->capacity : 0; }
  // One that nobody holds a share of any more, or a fresh one.
  [[nodiscard]] std::shared_ptr<Block> other(std::size_t wanted, std::size_t needed) {
    for (std::shared_ptr<Block>& block : shared_) {
      if (block->is_shared() || block->capacity < needed) continue;
      const std::shared_ptr<Block> out = std::move(block);
      block = std::move(shared_.back());
      shared_.pop_back();
      return out;
    }
    // Those that are too small now go with their last share.
    std::erase_if(shared_, [&](const std::shared_ptr<Block>& block) { return block->capacity < needed; });
    return std::make_shared<Block>(std::max(wanted, needed));
  }

  std::shared_ptr<Block> block_;
  std::vector<std::shared_ptr<Block>> shared_;  // those that were left while shares of them were held
};

// One read of what there is: 0 at the end.
Result<std::size_t> read_some(const File& file, std::span<std::byte> to) {
  for (;;) {
    const ssize_t got = ::read(file.fd(), to.data(), to.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) {  // somebody left a pipe or socket in that mode
      pollfd wait{file.fd(), POLLIN, 0};
      if (::poll(&wait, 1, -1) >= 0 || errno == EINTR) continue;
    }
    return fail(Errc::io, "{}", system_reason(errno));
  }
}

}  // namespace

struct InputStream::State {
  File file;
  Wait wait;
  Buffer buffer;                               // what peek shows
  Buffer packed;                               // compressed input
  std::unique_ptr<Decompressor> decompressor;  // none: the input is shown as it is
  std::optional<Error> error;                  // comes when `buffer` is empty
  std::vector<std::byte> far;                  // what peek_at() shows of what is not in `buffer`
  std::uint64_t offset = 0;
  std::size_t read_size = kReadSize, seek_at_least = kSeekAtLeast;
  bool little = false;
  bool ended = false;       // nothing more will come into `buffer`
  bool file_ended = false;  // of compressed input
  bool cut_short = false;

  void stop(Error reason) {
    error = std::move(reason);
    ended = true;
  }
  Result<std::size_t> read(std::span<std::byte> to) const;
  void fill(std::size_t room);
  void fill_from_packed();
  void consume(std::size_t n) {
    buffer.begin += n;
    offset += n;
  }
  std::uint64_t seek(std::uint64_t n) const;
  bool read_far(std::uint64_t ahead, std::size_t n);
};

// What there is, once there is something: 0 at the end.
Result<std::size_t> InputStream::State::read(std::span<std::byte> to) const {
  if (wait) {
    ARGUS_TRY_LET(const bool more, wait(file.fd()));
    if (!more) return std::size_t{0};
  }
  return read_some(file, to);
}

// Brings at least one byte more into the buffer, or sets `ended`.
void InputStream::State::fill(std::size_t room) {
  buffer.reserve(std::max(room, read_size));
  if (decompressor != nullptr) return fill_from_packed();
  auto got = read(buffer.free().first(std::max(room, read_size)));
  if (!got) return stop(std::move(got.error()));
  buffer.end += *got;
  ended = *got == 0;
}

void InputStream::State::fill_from_packed() {
  for (;;) {
    if (packed.size() > 0) {
      auto step = decompressor->step(packed.view(), buffer.free());
      if (!step) return stop(std::move(step.error()));
      packed.begin += step->taken;
      buffer.end += step->made;
      if (step->made > 0) return;
      if (step->taken > 0) continue;
    }
    if (file_ended) {
      cut_short = packed.size() > 0 || !decompressor->at_end();
      ended = true;
      return;
    }
    packed.reserve(kReadSize);
    auto got = read(packed.free().first(kReadSize));
    if (!got) return stop(std::move(got.error()));
    packed.end += *got;
    file_ended = *got == 0;
  }
}

// Moves the file's position on by up to n bytes, as far as it has them; 0 where it cannot.
std::uint64_t InputStream::State::seek(std::uint64_t n) const {
  struct stat status {};
  if (decompressor != nullptr || ::fstat(file.fd(), &status) != 0 || !S_ISREG(status.st_mode)) return 0;
  const off_t here = ::lseek(file.fd(), 0, SEEK_CUR);
  if (here < 0 || here >= status.st_size) return 0;
  const auto by = std::min(n, static_cast<std::uint64_t>(status.st_size - here));
  return ::lseek(file.fd(), static_cast<off_t>(by), SEEK_CUR) < 0 ? 0 : by;
}

// Brings bytes from further on into `far` without reading up to them; false where the file does not allow it.
bool InputStream::State::read_far(std::uint64_t ahead, std::size_t n) {
  struct stat status {};
  if (decompressor != nullptr || wait || ::fstat(file.fd(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  const off_t here = ::lseek(file.fd(), 0, SEEK_CUR);
  if (here < 0) return false;
  far.resize(n);
  const auto got = file.read_at(far.data(), n, static_cast<std::uint64_t>(here) - buffer.size() + ahead);
  if (got) far.resize(*got);
  return static_cast<bool>(got);
}

InputStream::InputStream(std::unique_ptr<State> state) : state_(std::move(state)) {}
InputStream::InputStream(InputStream&&) noexcept = default;
InputStream& InputStream::operator=(InputStream&&) noexcept = default;
InputStream::~InputStream() = default;

Result<InputStream> InputStream::open(File file, Wait wait) {
  auto state = std::make_unique<State>();
  state->file = std::move(file);
  state->wait = std::move(wait);
  while (!state->ended && state->buffer.size() < 4) state->fill(kReadSize);
  if (state->error && state->buffer.size() == 0) return while_doing(state->file.path(), std::move(*state->error));
  state->decompressor = find_decompressor(state->buffer.view());
  if (state->decompressor != nullptr) {
    state->packed = std::exchange(state->buffer, Buffer());
    state->file_ended = std::exchange(state->ended, false);
  }
  return InputStream(std::move(state));
}

Result<Bytes> InputStream::peek(std::size_t n) {
  State& state = *state_;
  if (state.buffer.size() < n) {
    if (n > kPeekMax) return fail(Errc::limit, "{} bytes in one piece, more than {}", n, kPeekMax);
    while (state.buffer.size() < n && !state.ended) state.fill(n - state.buffer.size());
    if (state.buffer.size() == 0 && state.error) return *state.error;
  }
  return state.buffer.view().first(std::min(n, state.buffer.size()));
}

Result<SharedBytes> InputStream::share(std::size_t n) {
  ARGUS_TRY_LET(const Bytes bytes, peek(n));
  return bytes.empty() ? SharedBytes() : state_->buffer.share(bytes.size());
}

Result<Bytes> InputStream::peek_at(std::size_t ahead, std::size_t n) {
  State& state = *state_;
  if (state.little && state.buffer.size() < ahead + n && state.read_far(ahead, n)) return Bytes(state.far);
  ARGUS_TRY_LET(const Bytes bytes, peek(ahead + n));
  return bytes.subspan(std::min(ahead, bytes.size()));
}

void InputStream::read_little() {
  state_->little = true;
  state_->read_size = kReadLittle;
  state_->seek_at_least = 1;
}

bool InputStream::reads_little() const { return state_->little; }

Bytes InputStream::buffered() const { return state_->buffer.view(); }

Result<std::uint64_t> InputStream::skip(std::uint64_t n) {
  State& state = *state_;
  std::uint64_t done = 0;
  for (;;) {
    const auto at_hand = std::min<std::uint64_t>(n - done, state.buffer.size());
    state.consume(static_cast<std::size_t>(at_hand));
    done += at_hand;
    if (done == n || state.ended) return done;
    if (n - done >= state.seek_at_least) {
      const std::uint64_t sought = state.seek(n - done);
      state.offset += sought;
      done += sought;
    }
    if (done < n) state.fill(state.read_size);
  }
}

std::uint64_t InputStream::offset() const { return state_->offset; }
const std::string& InputStream::name() const { return state_->file.path(); }
bool InputStream::is_compressed() const { return state_->decompressor != nullptr; }
int InputStream::fd() const { return state_->file.fd(); }
bool InputStream::cut_short() const { return state_->cut_short; }

std::unique_ptr<Decompressor> find_decompressor(Bytes head) {
  ByteReader in(head);
  const auto magic = in.be<std::uint32_t>();
  if (!in.ok()) return nullptr;
  if (magic >> 8 == 0x1f8b08) return gzip_decompressor();
  // A frame, or a skippable frame that stands before one.
  if (magic == 0x28b52ffd || (magic & 0xf0ffffff) == 0x502a4d18) return zstd_decompressor();
  const std::uint32_t level = magic & 0xff;
  if (magic >> 8 == 0x425a68 && level >= '1' && level <= '9') return bzip2_decompressor();  // "BZh"
  if (magic == 0xfd377a58) return xz_decompressor();
  if (magic == 0x04224d18) return lz4_decompressor();
  return nullptr;
}

}  // namespace argus

// Runs a fuzz target over its seeds and over damaged copies of them, for builds without libFuzzer: the same copies on
// every run.
//
//   fuzz_packet_decode FOLDER...    each file in the folders (not below) is a seed
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

constexpr unsigned kMutants = 200;         // of each seed
constexpr std::size_t kWhole = 96u << 10;  // bytes of a seed that are damaged; the rest stays

void run(const Input& input) {
  // An exact copy on the heap, so that a sanitizer sees a read past the end.
  const Input exact(input.begin(), input.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

Input read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> chars(std::istreambuf_iterator<char>(file), {});
  Input bytes(chars.size());
  std::transform(chars.begin(), chars.end(), bytes.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
  return bytes;
}

// Numbers up to (not with) `end`; the same sequence everywhere, which the standard distributions do not promise.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : bits_(seed) {}
  std::size_t below(std::size_t end) { return end == 0 ? 0 : static_cast<std::size_t>(bits_() % end); }

 private:
  std::mt19937_64 bits_;
};

Input damaged(Input bytes, Dice& dice) {
  const std::size_t size = std::min(bytes.size(), kWhole);
  if (size == 0) return {static_cast<std::uint8_t>(dice.below(256))};
  const std::size_t at = dice.below(size);
  switch (dice.below(6)) {
    case 0:  // bits
      for (std::size_t n = 1 + dice.below(8); n > 0; n--) {
        bytes[dice.below(size)] ^= static_cast<std::uint8_t>(1u << dice.below(8));
      }
      break;
    case 1:  // the end
      bytes.resize(at);
      break;
    case 2: {  // a field to an extreme
      constexpr std::uint8_t kExtremes[] = {0x00, 0xff, 0x7f, 0x80, 0x01, 0xfe};
      const std::uint8_t first = kExtremes[dice.below(std::size(kExtremes))];
      const std::uint8_t others = dice.below(2) == 0 ? 0x00 : 0xff;
      const std::size_t width = std::min<std::size_t>(size_t{1} << dice.below(4), bytes.size() - at);
      for (std::size_t i = 0; i < width; i++) bytes[at + i] = i == 0 ? first : others;
      break;
    }
    case 3: {  // a piece out
      const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(at);
      const std::size_t length = 1 + dice.below(std::min<std::size_t>(bytes.size() - at, 64));
      bytes.erase(from, from + static_cast<std::ptrdiff_t>(length));
      break;
    }
    case 4: {  // a piece twice
      const std::size_t length = 1 + dice.below(std::min<std::size_t>(bytes.size() - at, 64));
      const Input piece(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                        bytes.begin() + static_cast<std::ptrdiff_t>(at + length));
      bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(dice.below(size)), piece.begin(), piece.end());
      break;
    }
    default:  // a byte to another
      bytes[at] = static_cast<std::uint8_t>(dice.below(256));
      break;
  }
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> seeds;
  for (int i = 1; i < argc; i++) {
    std::error_code missing;
    for (const auto& entry : std::filesystem::directory_iterator(argv[i], missing)) {
      if (entry.is_regular_file()) seeds.push_back(entry.path());
    }
  }
  std::sort(seeds.begin(), seeds.end());
  if (seeds.empty()) {
    std::fprintf(stderr, "no seeds\n");
    return EXIT_FAILURE;
  }
  std::size_t runs = 0;
  for (std::size_t i = 0; i < seeds.size(); i++) {
    const Input seed = read_file(seeds[i]);
    Dice dice(i + 1);
    run(seed);
    for (unsigned n = 0; n < kMutants; n++) {
      Input mutant = damaged(seed, dice);
      while (dice.below(3) == 0) mutant = damaged(std::move(mutant), dice);
      run(mutant);
    }
    runs += kMutants + 1;
  }
  std::printf("%zu inputs from %zu seeds\n", runs, seeds.size());
  return EXIT_SUCCESS;
}

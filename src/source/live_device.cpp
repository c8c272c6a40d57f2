// The only door to libpcap. Names of remote captures ("rpcap://") never reach it.
#include "source/live_device.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <pcap/pcap.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "base/file.h"
#include "base/text.h"
#include "base/time.h"
#include "packet/decode.h"
#include "packet/link_name.h"

namespace argus {

namespace {

constexpr int kBlockMillis = 100;  // a ring block that is not full is handed over after this time
constexpr int kDispatchedMost = 4096;

struct Interface {
  bool up = false;
  std::string address;
};
std::map<std::string, Interface> interfaces() {
  std::map<std::string, Interface> out;
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return out;
  for (const ifaddrs* at = all; at != nullptr; at = at->ifa_next) {
    Interface& one = out[at->ifa_name];
    one.up |= (at->ifa_flags & IFF_UP) != 0;
  }
  ::freeifaddrs(all);
  return out;
}

Error no_such(const std::string& name) {
  std::vector<std::string> known;
  std::string up;
  for (const auto& [each, about] : interfaces()) {
    known.push_back(each);
    up += fmt::format("{}{}{}", up.empty() ? "" : ", ", each, about.up ? "" : " (down)");
  }
  return hinted(fail(Errc::io, "there is no interface '{}'{}", escaped(name), did_you_mean(name, known)),
                fmt::format("  the interfaces are: {}; 'any' takes all of them", up));
}

Error not_permitted(const std::string& name) {
  return hinted(fail(Errc::denied, "{}: not permitted to capture (needs CAP_NET_RAW)", name),
                fmt::format("  this time:  sudo argus capture -i {} ...        (rights are dropped after opening)\n"
                            "  for good:   sudo setcap cap_net_raw+ep \"$(command -v argus)\"\n"
                            "  as service: sudo systemctl enable --now argus-capture@{}",
                            name, name));
}

}  // namespace

Result<> check_kernel_filter(const std::string& text) {
  std::string why;
  // Those that interfaces have; a word about Wi-Fi means nothing to Ethernet.
  for (const int link : {DLT_EN10MB, DLT_RAW, DLT_LINUX_SLL, DLT_IEEE802_11_RADIO}) {
    const std::unique_ptr<pcap_t, decltype(&::pcap_close)> dead(::pcap_open_dead(link, 65'535), ::pcap_close);
    bpf_program program{};
    if (!dead) return fail(Errc::io, "{}", system_reason(ENOMEM));
    if (::pcap_compile(dead.get(), &program, text.c_str(), 1, PCAP_NETMASK_UNKNOWN) == 0) {
      ::pcap_freecode(&program);
      return {};
    }
    if (why.empty()) why = ::pcap_geterr(dead.get());
  }
  return fail(Errc::usage, "{} (pcap-filter(7))", escaped(why));
}

struct LiveDevice::State {
  pcap_t* pcap = nullptr;
  LinkType link = LinkType::ethernet;
  unsigned index = 0;
  bool filters = false;                               // a filter is set
  std::uint32_t kernel_told = 0, interface_told = 0;  // libpcap counts in 32 bits, which wrap
  const std::function<void(const Frame&)>* take = nullptr;

  ~State() {
    if (pcap != nullptr) ::pcap_close(pcap);
  }
  [[nodiscard]] Error error(const std::string& name) const { return fail(Errc::io, "{}: {}", name, pcap_geterr(pcap)); }
  [[nodiscard]] Result<> set_up(const std::string& name, const LiveOptions& options);
  [[nodiscard]] Result<> filter(const std::string& name, const std::string& text);
  static void on_packet(u_char* user, const pcap_pkthdr* head, const u_char* bytes);
};

void LiveDevice::State::on_packet(u_char* user, const pcap_pkthdr* head, const u_char* bytes) {
  const auto& self = *reinterpret_cast<const State*>(user);
  Frame frame;
  frame.time = static_cast<Nanos>(head->ts.tv_sec) * kSecond + head->ts.tv_usec;  // nanoseconds, as was asked
  frame.link = self.link;
  frame.wire_length = head->len;
  frame.bytes = {reinterpret_cast<const std::byte*>(bytes), head->caplen};
  (*self.take)(frame);
}

Result<> LiveDevice::State::filter(const std::string& name, const std::string& text) {
  if (text.empty() && !filters) return {};
  bpf_program program{};
  if (::pcap_compile(pcap, &program, text.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0)
    return fail(Errc::usage, "--kernel-filter: {} (pcap-filter(7))", pcap_geterr(pcap));
  const bool set = ::pcap_setfilter(pcap, &program) == 0;
  ::pcap_freecode(&program);
  if (!set) return error(name);
  filters = true;
  return {};
}

Result<> LiveDevice::State::set_up(const std::string& name, const LiveOptions& options) {
  const auto want = [&](int status) { return status == 0; };
  if (!want(::pcap_set_snaplen(pcap, static_cast<int>(options.snaplen))) ||
      !want(::pcap_set_promisc(pcap, options.promiscuous && name != "any" ? 1 : 0)) ||
      !want(::pcap_set_timeout(pcap, kBlockMillis)) ||
      !want(::pcap_set_buffer_size(pcap, static_cast<int>(options.buffer))) ||
      !want(::pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO)))
    return error(name);
  const int status = ::pcap_activate(pcap);
  switch (status) {
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED: return not_permitted(name);
    case PCAP_ERROR_NO_SUCH_DEVICE: return no_such(name);
    case PCAP_ERROR_IFACE_NOT_UP:
      return hinted(
          fail(Errc::io, "{} is down", name),
          fmt::format(
              "  to bring it up:  ip link set {} up{}", name,
              options.reopen_option.empty() ? "" : fmt::format("    ({} waits for it)", options.reopen_option)));
    default: break;
  }
  if (status < 0) return error(name);
  char why[PCAP_ERRBUF_SIZE] = "";
  if (::pcap_setnonblock(pcap, 1, why) != 0) return fail(Errc::io, "{}: {}", name, why);
  link = static_cast<LinkType>(::pcap_datalink(pcap));
  if (!is_known(link))
    return fail(Errc::unsupported, "{}: link type {} is not decoded", name,
                link_text(static_cast<std::uint16_t>(link)));
  index = ::if_nametoindex(name.c_str());
  return filter(name, options.kernel_filter);
}

LiveDevice::LiveDevice(std::unique_ptr<State> state) : state_(std::move(state)) {}
LiveDevice::~LiveDevice() = default;

Result<std::unique_ptr<LiveDevice>> LiveDevice::open(const std::string& name, const LiveOptions& options) {
  if (name != "any" && ::if_nametoindex(name.c_str()) == 0) return no_such(name);
  char why[PCAP_ERRBUF_SIZE] = "";
  auto state = std::make_unique<State>();
  state->pcap = ::pcap_create(name.c_str(), why);
  if (state->pcap == nullptr) return fail(Errc::io, "{}: {}", name, why);
  ARGUS_TRY(state->set_up(name, options));
  std::unique_ptr<LiveDevice> out(new LiveDevice(std::move(state)));
  out->name_ = name;
  (void)out->new_drops();  // what the interface lost before is not ours
  return out;
}

std::string LiveDevice::link_name() const {
  const char* text = ::pcap_datalink_val_to_description(::pcap_datalink(state_->pcap));
  return text != nullptr ? text : "?";
}

int LiveDevice::fd() const { return ::pcap_get_selectable_fd(state_->pcap); }

Result<std::size_t> LiveDevice::read(const std::function<void(const Frame&)>& take) {
  state_->take = &take;
  const int n =
      ::pcap_dispatch(state_->pcap, kDispatchedMost, &State::on_packet, reinterpret_cast<u_char*>(state_.get()));
  if (n < 0) return state_->error(name_);
  return static_cast<std::size_t>(n);
}

LiveDevice::Drops LiveDevice::new_drops() {
  pcap_stat now{};
  if (::pcap_stats(state_->pcap, &now) != 0) return {};
  const Drops out{now.ps_drop - state_->kernel_told, now.ps_ifdrop - state_->interface_told};
  state_->kernel_told = now.ps_drop;
  state_->interface_told = now.ps_ifdrop;
  return out;
}

Result<> LiveDevice::filter(const std::string& text) { return state_->filter(name_, text); }

bool LiveDevice::is_down(const std::string& name) {
  const auto all = interfaces();
  const auto at = all.find(name);
  return at != all.end() && !at->second.up;
}

bool LiveDevice::exists() const { return name_ == "any" || ::if_nametoindex(name_.c_str()) == state_->index; }

}  // namespace argus

#include "clickhouse/curl.h"

#include <dlfcn.h>

namespace argus {

namespace {

struct Loaded {
  CurlCalls calls;
  std::string trouble;
};

template <class Call>
void find(void* library, const char* name, Call& call, std::string& trouble) {
  call = reinterpret_cast<Call>(::dlsym(library, name));
  if (call == nullptr && trouble.empty()) trouble = fmt::format("libcurl.so.4 has no {}", name);
}

Loaded load() {
  Loaded out;
  void* library = ::dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    out.trouble = "ClickHouse needs the library libcurl.so.4: apt install libcurl4";
    return out;
  }
  CurlCalls& c = out.calls;
  find(library, "curl_global_init", c.global_init, out.trouble);
  find(library, "curl_easy_init", c.easy_init, out.trouble);
  find(library, "curl_easy_setopt", c.easy_setopt, out.trouble);
  find(library, "curl_easy_getinfo", c.easy_getinfo, out.trouble);
  find(library, "curl_easy_strerror", c.easy_strerror, out.trouble);
  find(library, "curl_easy_cleanup", c.easy_cleanup, out.trouble);
  find(library, "curl_multi_init", c.multi_init, out.trouble);
  find(library, "curl_multi_add_handle", c.multi_add_handle, out.trouble);
  find(library, "curl_multi_remove_handle", c.multi_remove_handle, out.trouble);
  find(library, "curl_multi_perform", c.multi_perform, out.trouble);
  find(library, "curl_multi_poll", c.multi_poll, out.trouble);
  find(library, "curl_multi_info_read", c.multi_info_read, out.trouble);
  find(library, "curl_multi_cleanup", c.multi_cleanup, out.trouble);
  find(library, "curl_slist_append", c.slist_append, out.trouble);
  find(library, "curl_slist_free_all", c.slist_free_all, out.trouble);
  if (out.trouble.empty() && c.global_init(curl::kGlobalAll) != 0) out.trouble = "libcurl.so.4 cannot be initialized";
  return out;
}

}  // namespace

Result<const CurlCalls*> curl_calls() {
  static const Loaded kLoaded = load();
  if (!kLoaded.trouble.empty()) return fail(Errc::unsupported, "{}", kLoaded.trouble);
  return &kLoaded.calls;
}

}  // namespace argus

#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <climits>
#include <cstring>

#include "base/text.h"

namespace argus {

namespace {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeSession {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using ContextPtr = std::unique_ptr<SSL_CTX, FreeContext>;
using SslPtr = std::unique_ptr<SSL, FreeSession>;

constexpr const char* kForged = "the data was damaged on the way, or its sender does not have the key";

std::string library_reason() {
  const unsigned long code = ERR_peek_error();
  const char* text = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return text == nullptr ? "no reason given" : text;
}

}  // namespace

struct Tls::State {
  SslPtr ssl;
  BIO* in = nullptr;   // owned by ssl
  BIO* out = nullptr;  // owned by ssl
  bool serves = false, open = false, closed = false;
  SharedKey own;  // the client's
  FindKey find;   // the server's
  std::string name, asked;
  bool knows_asked = false;  // a key has the name that was asked for
  std::string detail;

  // With the library's reason kept beside it.
  Error failed(Errc code, std::string what) {
    detail = library_reason();
    return Error{code, std::move(what), {}};
  }
  // Why a handshake failed, in words for who looks after the keys.
  [[nodiscard]] std::string refusal() const {
    if (!serves) return "the sensor refuses it";
    if (asked.empty()) return "the reader showed none";
    return knows_asked ? fmt::format("its key is not the one of '{}' here", escaped(asked))
                       : fmt::format("no key here is called '{}'", escaped(asked));
  }
};

namespace {

// A session as OpenSSL wants an external key: with the cipher whose hash it is bound to.
SSL_SESSION* session_of(SSL* ssl, const SharedKey& key) {
  constexpr unsigned char kAes128GcmSha256[] = {0x13, 0x01};
  const SSL_CIPHER* cipher = SSL_CIPHER_find(ssl, kAes128GcmSha256);
  SSL_SESSION* session = SSL_SESSION_new();
  const auto* secret = reinterpret_cast<const unsigned char*>(key.secret.data());
  if (session != nullptr && cipher != nullptr && SSL_SESSION_set1_master_key(session, secret, key.secret.size()) == 1 &&
      SSL_SESSION_set_cipher(session, cipher) == 1 && SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION) == 1)
    return session;
  SSL_SESSION_free(session);
  return nullptr;
}

int use_key(SSL* ssl, const EVP_MD* digest, const unsigned char** id, std::size_t* id_size, SSL_SESSION** session) {
  auto* state = static_cast<Tls::State*>(SSL_get_app_data(ssl));
  *id = reinterpret_cast<const unsigned char*>(state->own.name.data());
  *id_size = state->own.name.size();
  *session = nullptr;
  if (digest != nullptr && EVP_MD_get_type(digest) != NID_sha256) return 1;  // another hash: no key for it
  *session = session_of(ssl, state->own);
  return *session == nullptr ? 0 : 1;
}

int find_key(SSL* ssl, const unsigned char* id, std::size_t id_size, SSL_SESSION** session) {
  auto* state = static_cast<Tls::State*>(SSL_get_app_data(ssl));
  *session = nullptr;
  const std::string_view name(reinterpret_cast<const char*>(id), id_size);
  if (id_size > kKeyNameMax) return 1;
  state->asked = name;
  const auto key = state->find(name);
  state->knows_asked = key.has_value();
  if (!key) return 1;  // goes on without a key, which ends for want of a certificate
  *session = session_of(ssl, *key);
  return *session == nullptr ? 0 : 1;
}

Result<ContextPtr> make_context(bool serves) {
  // Threads may still be at work when the process ends: nothing is torn down under them.
  OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  ContextPtr context(SSL_CTX_new(serves ? TLS_server_method() : TLS_client_method()));
  if (!context) return fail(Errc::io, "TLS: {}", library_reason());
  SSL_CTX* c = context.get();
  SSL_CTX_set_options(c, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_max_early_data(c, 0);
  SSL_CTX_set_recv_max_early_data(c, 0);
  const bool good = SSL_CTX_set_min_proto_version(c, TLS1_3_VERSION) == 1 &&
                    SSL_CTX_set_max_proto_version(c, TLS1_3_VERSION) == 1 &&
                    SSL_CTX_set_ciphersuites(c, "TLS_AES_128_GCM_SHA256") == 1 && SSL_CTX_set_num_tickets(c, 0) == 1;
  if (!good) return fail(Errc::io, "TLS: {}", library_reason());
  if (serves) {
    SSL_CTX_set_psk_find_session_callback(c, find_key);
  } else {
    // A certificate, of whoever it may be, is never believed.
    SSL_CTX_set_verify(c, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_psk_use_session_callback(c, use_key);
  }
  return context;
}

// One for all servers and one for all clients: what differs hangs on the session. They stay, and so does the library:
// a thread that carries a connection may outlive main().
Result<SSL_CTX*> shared_context(bool serves) {
  static const bool stays = ::OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr) == 1;
  if (!stays) return fail(Errc::io, "TLS: {}", library_reason());
  static const auto& client = *new Result<ContextPtr>(make_context(false));
  static const auto& server = *new Result<ContextPtr>(make_context(true));
  const Result<ContextPtr>& context = serves ? server : client;
  if (!context) return context.error();
  return context->get();
}

Result<> start(Tls::State& state) {
  // Before all else of the library: its first call decides whether it is taken apart at the end of main().
  ARGUS_TRY_LET(SSL_CTX * context, shared_context(state.serves));
  ERR_clear_error();
  state.ssl.reset(SSL_new(context));
  state.in = BIO_new(BIO_s_mem());
  state.out = BIO_new(BIO_s_mem());
  if (!state.ssl || state.in == nullptr || state.out == nullptr) {
    BIO_free(state.in);
    BIO_free(state.out);
    return fail(Errc::io, "TLS: {}", library_reason());
  }
  BIO_set_mem_eof_return(state.in, -1);  // empty means wait, not the end
  SSL_set_bio(state.ssl.get(), state.in, state.out);
  SSL_set_app_data(state.ssl.get(), &state);
  if (state.serves) SSL_set_accept_state(state.ssl.get());
  else SSL_set_connect_state(state.ssl.get());
  return {};
}

// True once the other one's key is known to be ours.
Result<bool> shake_hands(Tls::State& state) {
  SSL* ssl = state.ssl.get();
  const int done = SSL_do_handshake(ssl);
  if (done != 1) {
    const int why = SSL_get_error(ssl, done);
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return false;
    return state.failed(Errc::denied, "key not accepted: " + state.refusal());
  }
  if (SSL_session_reused(ssl) != 1) return fail(Errc::denied, "key not accepted: the other side has none");
  state.open = true;
  state.name = state.serves ? state.asked : state.own.name;
  return true;
}

Result<> read_plain(Tls::State& state, std::vector<std::byte>& plain) {
  constexpr std::size_t kPiece = 16 * 1024;  // of a TLS record
  for (;;) {
    const std::size_t before = plain.size();
    plain.resize(before + kPiece);
    const int got = SSL_read(state.ssl.get(), plain.data() + before, static_cast<int>(kPiece));
    plain.resize(before + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got > 0) continue;
    const int why = SSL_get_error(state.ssl.get(), got);
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return {};
    if (why == SSL_ERROR_ZERO_RETURN) {
      state.closed = true;
      return {};
    }
    return state.failed(Errc::io, kForged);
  }
}

}  // namespace

Tls::Tls(std::unique_ptr<State> state) : state_(std::move(state)) {}
Tls::Tls(Tls&&) noexcept = default;
Tls& Tls::operator=(Tls&&) noexcept = default;
Tls::~Tls() = default;

Result<Tls> Tls::client(const SharedKey& key) {
  auto state = std::make_unique<State>();
  state->own = key;
  ARGUS_TRY(start(*state));
  ARGUS_TRY_LET(const bool open, shake_hands(*state));
  if (open) return fail(Errc::io, "TLS: open before the handshake");
  return Tls(std::move(state));
}

Result<Tls> Tls::server(FindKey find) {
  auto state = std::make_unique<State>();
  state->serves = true;
  state->find = std::move(find);
  ARGUS_TRY(start(*state));
  return Tls(std::move(state));
}

Result<> Tls::receive(Bytes wire, std::vector<std::byte>& plain) {
  ERR_clear_error();
  while (!wire.empty()) {
    const auto piece = static_cast<int>(std::min<std::size_t>(wire.size(), INT_MAX / 2));
    if (BIO_write(state_->in, wire.data(), piece) != piece) return fail(Errc::io, "TLS: {}", library_reason());
    wire = wire.subspan(static_cast<std::size_t>(piece));
  }
  if (!state_->open) {
    ARGUS_TRY_LET(const bool open, shake_hands(*state_));
    if (!open) return {};
  }
  return read_plain(*state_, plain);
}

// A name is asked for with a proof (the binder of RFC 8446 section 4.2.11.2), and the first bad one ends the handshake.
bool Tls::has_shown_key() const { return state_->knows_asked && state_->detail.empty(); }
bool Tls::is_open() const { return state_->open; }
bool Tls::is_closed() const { return state_->closed; }
const std::string& Tls::name() const { return state_->name; }
const std::string& Tls::detail() const { return state_->detail; }

Result<> Tls::send(Bytes plain) {
  ERR_clear_error();
  while (!plain.empty()) {
    const auto piece = static_cast<int>(std::min<std::size_t>(plain.size(), INT_MAX / 2));
    const int put = SSL_write(state_->ssl.get(), plain.data(), piece);
    if (put <= 0) return state_->failed(Errc::io, kForged);
    plain = plain.subspan(static_cast<std::size_t>(put));
  }
  return {};
}

void Tls::close() {
  ERR_clear_error();
  if (state_->open) SSL_shutdown(state_->ssl.get());
  ERR_clear_error();
}

std::vector<std::byte> Tls::outgoing() {
  std::vector<std::byte> out(BIO_ctrl_pending(state_->out));
  if (out.empty()) return out;
  const int got = BIO_read(state_->out, out.data(), static_cast<int>(out.size()));
  out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return out;
}

}  // namespace argus

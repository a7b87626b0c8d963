#include "http/listen.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <system_error>

#include "http/ip.hpp"

namespace partnerd::http {

namespace {

constexpr int backlog = 1024;

[[noreturn]] void fail(std::string const& address, int error, std::string const& way_out) {
    throw std::system_error(error, std::generic_category(), "cannot listen on " + address + " (" + way_out + ")");
}

class Descriptor {
  public:
    explicit Descriptor(int value) : value_(value) {}
    Descriptor(Descriptor&& other) noexcept : value_(other.release()) {}
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    int get() const noexcept { return value_; }
    int release() noexcept { return std::exchange(value_, -1); }

  private:
    int value_;
};

struct Bound {
    sockaddr_storage storage{};
    socklen_t size = 0;
    sockaddr* address() noexcept { return reinterpret_cast<sockaddr*>(&storage); }
};

Bound resolve(std::string const& address) {
    auto const host = parse_host_port(address);
    if (!host) throw std::invalid_argument("cannot listen: " + host.error().detail);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    int const error = getaddrinfo(host->host.c_str(), std::to_string(host->port).c_str(), &hints, &found);
    if (error != 0) throw std::invalid_argument("cannot listen on " + address + ": " + gai_strerror(error));
    std::unique_ptr<addrinfo, void (*)(addrinfo*)> const owned(found, freeaddrinfo);
    Bound bound;
    std::memcpy(&bound.storage, found->ai_addr, found->ai_addrlen);
    bound.size = found->ai_addrlen;
    return bound;
}

void set(Descriptor const& descriptor, int level, int name) {
    int const on = 1;
    ::setsockopt(descriptor.get(), level, name, &on, sizeof on);
}

Descriptor listen_on(std::string const& address, Bound& bound, bool shared) {
    Descriptor descriptor(::socket(bound.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    char const* const way_out = "choose another http.listen, or end the process that has it";
    if (descriptor.get() < 0) fail(address, errno, way_out);
    set(descriptor, SOL_SOCKET, SO_REUSEADDR);
    if (shared) set(descriptor, SOL_SOCKET, SO_REUSEPORT);
    set(descriptor, IPPROTO_TCP, TCP_NODELAY);  // inherited by what it accepts
    if (::bind(descriptor.get(), bound.address(), bound.size) != 0) fail(address, errno, way_out);
    if (::listen(descriptor.get(), backlog) != 0) fail(address, errno, way_out);
    return descriptor;
}

std::uint16_t& port_of(Bound& bound) noexcept {
    if (bound.storage.ss_family == AF_INET6) return reinterpret_cast<sockaddr_in6&>(bound.storage).sin6_port;
    return reinterpret_cast<sockaddr_in&>(bound.storage).sin_port;
}

sockaddr_un unix_address(std::string const& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) fail(path, ENAMETOOLONG, "a socket's path has at most 107 bytes");
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

// A socket file outlives a server that was killed. One that answers belongs to a server that runs.
void remove_dead_socket(std::string const& path, sockaddr_un const& address) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return;
    if (!S_ISSOCK(status.st_mode)) fail(path, EEXIST, "the file there is no socket; choose another http.unix_socket");
    Descriptor const probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(probe.get(), reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0)
        fail(path, EADDRINUSE, "a server is running there");
    ::unlink(path.c_str());
}

}  // namespace

TcpListeners listen_tcp(std::string const& address, unsigned count) {
    Bound bound = resolve(address);
    // SO_REUSEPORT would let a second server of the same user share the port silently: the first try is without.
    if (port_of(bound) != 0) listen_on(address, bound, false);
    std::vector<Descriptor> owned;
    for (unsigned i = 0; i < count; ++i) {
        owned.push_back(listen_on(address, bound, true));
        if (i == 0) ::getsockname(owned.front().get(), bound.address(), &bound.size);
    }
    TcpListeners listeners;
    listeners.port = ntohs(port_of(bound));
    for (auto& descriptor : owned) listeners.descriptors.push_back(descriptor.release());
    return listeners;
}

int listen_unix(std::string const& path) {
    auto const address = unix_address(path);
    remove_dead_socket(path, address);
    Descriptor descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    char const* const way_out = "its folder must exist and be writable";
    if (descriptor.get() < 0) fail(path, errno, way_out);
    // On Linux the file takes the mode of the socket: there is no moment at which others may connect.
    if (::fchmod(descriptor.get(), 0600) != 0) fail(path, errno, way_out);
    if (::bind(descriptor.get(), reinterpret_cast<sockaddr const*>(&address), sizeof address) != 0) fail(path, errno, way_out);
    if (::listen(descriptor.get(), backlog) != 0) fail(path, errno, way_out);
    return descriptor.release();
}

}  // namespace partnerd::http

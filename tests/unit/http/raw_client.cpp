#include "unit/http/raw_client.hpp"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>
#include <thread>

#include "domain/text.hpp"

namespace partnerd::http::test {

namespace {
constexpr int patience_ms = 20'000;
}

RawClient::RawClient(std::uint16_t port, int receive_buffer_bytes) {
    descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer_bytes > 0) ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("cannot connect");
    int const on = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

RawClient::RawClient(std::string const& unix_path) {
    descriptor_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, unix_path.data(), unix_path.size());
    if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("cannot connect");
}

RawClient::RawClient(RawClient&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), in_(std::move(other.in_)) {}

RawClient::~RawClient() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

bool RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        auto const count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

void RawClient::end_sending() { ::shutdown(descriptor_, SHUT_WR); }

bool RawClient::wait_until_taken() {
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    int left = 1;
    while (::ioctl(descriptor_, SIOCOUTQ, &left) == 0 && left > 0) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

bool RawClient::fill() {
    pollfd waited{descriptor_, POLLIN, 0};
    if (::poll(&waited, 1, patience_ms) <= 0) throw std::runtime_error("nothing came");
    char buffer[16 * 1024];
    auto const count = ::recv(descriptor_, buffer, sizeof buffer, 0);
    if (count <= 0) return false;
    in_.append(buffer, static_cast<std::size_t>(count));
    return true;
}

std::optional<std::string> RawClient::line() {
    while (in_.find("\r\n") == in_.npos)
        if (!fill()) return std::nullopt;
    auto const end = in_.find("\r\n");
    auto text = in_.substr(0, end);
    in_.erase(0, end + 2);
    return text;
}

std::optional<ClientResponse> RawClient::read(bool head) {
    auto const status_line = line();
    if (!status_line || status_line->size() < 12) return std::nullopt;
    ClientResponse response;
    response.status = std::stoi(status_line->substr(9, 3));
    while (true) {
        auto const field = line();
        if (!field) return std::nullopt;
        if (field->empty()) break;
        auto const colon = field->find(':');
        response.headers.push_back({lower_ascii(field->substr(0, colon)), std::string(trim(std::string_view(*field).substr(colon + 1)))});
    }
    if (head || response.header("content-length").empty()) return response;
    auto const size = static_cast<std::size_t>(std::stoul(std::string(response.header("content-length"))));
    while (in_.size() < size)
        if (!fill()) return std::nullopt;
    response.body = in_.substr(0, size);
    in_.erase(0, size);
    return response;
}

bool RawClient::read_end() { return in_.empty() && !fill(); }

std::string RawClient::read_all() {
    while (fill()) {}
    return std::exchange(in_, {});
}

}  // namespace partnerd::http::test

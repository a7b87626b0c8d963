#include "connection.hpp"

#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace bench {

namespace {

constexpr std::size_t read_bytes = 16384;

// The value of a field, from its first character to the end of the head; empty without the field. `name` is "\n<field>: ".
std::string_view field(std::string_view head, std::string_view name) {
    for (auto line = head.find('\n'); line != std::string_view::npos; line = head.find('\n', line + 1))
        if (head.size() - line > name.size() && ::strncasecmp(head.data() + line, name.data(), name.size()) == 0)
            return head.substr(line + name.size());
    return {};
}

}  // namespace

Connection::Connection(int epoll, std::uint64_t tag, sockaddr_in const& address) : epoll_(epoll), tag_(tag), address_(address) {
    in_.resize(read_bytes);
    open();
}

Connection::~Connection() {
    if (socket_ >= 0) ::close(socket_);
}

void Connection::open() {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0 || ::connect(socket_, reinterpret_cast<sockaddr const*>(&address_), sizeof address_) != 0)
        throw std::runtime_error(std::string("cannot connect: ") + std::strerror(errno));
    int const on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = tag_;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket_, &event) != 0) throw std::runtime_error("epoll_ctl failed");
    filled_ = head_size_ = 0;
}

void Connection::reconnect() {
    ::close(socket_);
    busy = false;
    open();
}

// A request is far smaller than an empty socket buffer, so it goes out whole.
bool Connection::send(std::string_view request) {
    filled_ = head_size_ = 0;
    busy = true;
    return ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size());
}

Connection::Reading Connection::read() {
    if (in_.size() - filled_ < read_bytes / 2) in_.resize(in_.size() * 2);
    auto const size = ::recv(socket_, in_.data() + filled_, in_.size() - filled_, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return Reading::more;
    if (size <= 0) return Reading::lost;
    filled_ += static_cast<std::size_t>(size);
    return parse() ? Reading::whole : Reading::more;
}

bool Connection::parse() {
    std::string_view const all(in_.data(), filled_);
    if (head_size_ == 0) {
        auto const end = all.find("\r\n\r\n");
        if (end == std::string_view::npos) return false;
        head_size_ = end + 4;
        auto const length = field(all.substr(0, head_size_), "\ncontent-length: ");
        body_size_ = length.empty() ? 0 : std::strtoull(length.data(), nullptr, 10);
    }
    if (filled_ < head_size_ + body_size_) return false;
    answer_.status = filled_ > 12 ? std::atoi(in_.data() + 9) : 0;
    answer_.head = all.substr(0, head_size_);
    answer_.body = all.substr(head_size_, body_size_);
    answer_.last = field(answer_.head, "\nconnection: ").starts_with("close");
    return true;
}

}  // namespace bench

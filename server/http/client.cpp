#include "http/client.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "domain/text.hpp"

namespace partnerd::http {

namespace {

constexpr std::size_t max_line_bytes = 64 * 1024;
constexpr std::size_t read_bytes = 64 * 1024;

std::string reason(int error) { return std::error_code(error, std::generic_category()).message(); }

std::string request_bytes(ClientRequest const& request, std::string const& host) {
    std::string out = request.method + ' ' + request.target + " HTTP/1.1\r\nHost: " + host + "\r\n";
    for (auto const& field : request.headers) out += field.name + ": " + field.value + "\r\n";
    if (!request.body.empty() || (request.method != "GET" && request.method != "HEAD"))
        out += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    return out + "\r\n" + request.body;
}

bool may_repeat(ClientRequest const& request) {
    if (request.method == "GET" || request.method == "HEAD") return true;
    auto const is_key = [](routing::Field const& field) { return lower_ascii(field.name) == "idempotency-key"; };
    return std::any_of(request.headers.begin(), request.headers.end(), is_key);
}

}  // namespace

std::string_view ClientResponse::header(std::string_view name) const noexcept {
    for (auto const& field : headers)
        if (field.name == name) return field.value;
    return {};
}

Client Client::tcp(std::string host, std::uint16_t port) {
    Client client;
    client.host_ = std::move(host);
    client.port_ = port;
    return client;
}

Client Client::unix_socket(std::string path) {
    Client client;
    client.path_ = std::move(path);
    return client;
}

Client::Client(Client&& other) noexcept { *this = std::move(other); }

Client& Client::operator=(Client&& other) noexcept {
    if (this == &other) return *this;
    disconnect();
    host_ = std::move(other.host_);
    path_ = std::move(other.path_);
    port_ = other.port_;
    timeout_ = other.timeout_;
    descriptor_ = std::exchange(other.descriptor_, -1);
    in_ = std::move(other.in_);
    return *this;
}

Client::~Client() { disconnect(); }

void Client::disconnect() noexcept {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
    in_.clear();
}

void Client::fail(std::string const& what) const {
    std::string const address = path_.empty() ? host_ + ':' + std::to_string(port_) : path_;
    throw std::runtime_error(address + ": " + what);
}

void Client::wait(short events, Deadline deadline) const {
    while (true) {
        auto const left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
        if (left <= 0) fail("no answer within " + std::to_string(timeout_.count()) + " ms");
        pollfd waited{descriptor_, events, 0};
        int const ready = ::poll(&waited, 1, static_cast<int>(std::min<long long>(left, 60'000)));
        if (ready > 0) return;
        if (ready < 0 && errno != EINTR) fail(reason(errno));
    }
}

void Client::connect(Deadline deadline) {
    sockaddr_storage storage{};
    socklen_t size = 0;
    if (!path_.empty()) {
        auto& address = reinterpret_cast<sockaddr_un&>(storage);
        address.sun_family = AF_UNIX;
        if (path_.size() >= sizeof address.sun_path) fail("the path of the socket is too long");
        std::memcpy(address.sun_path, path_.data(), path_.size());
        size = sizeof address;
    } else {
        addrinfo hints{};
        hints.ai_socktype = SOCK_STREAM;
        addrinfo* found = nullptr;
        int const error = getaddrinfo(host_.c_str(), std::to_string(port_).c_str(), &hints, &found);
        if (error != 0) fail(gai_strerror(error));
        std::unique_ptr<addrinfo, void (*)(addrinfo*)> const owned(found, freeaddrinfo);
        std::memcpy(&storage, found->ai_addr, found->ai_addrlen);
        size = found->ai_addrlen;
    }
    disconnect();
    descriptor_ = ::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor_ < 0) fail(reason(errno));
    int error = ::connect(descriptor_, reinterpret_cast<sockaddr const*>(&storage), size) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
        wait(POLLOUT, deadline);
        socklen_t length = sizeof error;
        ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &length);
    }
    if (error != 0) {
        disconnect();
        fail(reason(error));
    }
    int const on = 1;
    if (path_.empty()) ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void Client::write(std::string_view bytes, Deadline deadline) {
    while (!bytes.empty()) {
        auto const count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
            continue;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) wait(POLLOUT, deadline);
        else if (errno == EPIPE || errno == ECONNRESET) return;  // an early answer may be there to be read
        else if (errno != EINTR) fail(reason(errno));
    }
}

std::size_t Client::read_some(Deadline deadline) {
    std::size_t const before = in_.size();
    in_.resize(before + read_bytes);
    while (true) {
        auto const count = ::recv(descriptor_, in_.data() + before, read_bytes, 0);
        int const error = errno;
        if (count >= 0 || (error != EAGAIN && error != EWOULDBLOCK && error != EINTR)) {
            in_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
            if (count < 0 && answering_) fail(reason(error));
            answering_ = answering_ || count > 0;
            return count > 0 ? static_cast<std::size_t>(count) : 0;
        }
        if (error != EINTR) wait(POLLIN, deadline);
    }
}

ClientResponse Client::send(ClientRequest const& request) {
    Deadline const deadline = std::chrono::steady_clock::now() + timeout_;
    bool const kept = descriptor_ >= 0;
    try {
        return exchange(request, deadline);
    } catch (std::runtime_error const&) {
        disconnect();
        bool const in_time = std::chrono::steady_clock::now() < deadline;
        if (!kept || answering_ || !in_time || !may_repeat(request)) throw;
    }
    try {
        return exchange(request, deadline);
    } catch (std::runtime_error const&) {
        disconnect();
        throw;
    }
}

ClientResponse Client::get(std::string target) { return send({"GET", std::move(target), {}, {}}); }

ClientResponse Client::post(std::string target, std::string body, std::vector<routing::Field> headers) {
    headers.push_back({"Content-Type", "application/json"});
    return send({"POST", std::move(target), std::move(headers), std::move(body)});
}

ClientResponse Client::exchange(ClientRequest const& request, Deadline deadline) {
    answering_ = false;
    if (descriptor_ < 0) connect(deadline);
    write(request_bytes(request, path_.empty() ? host_ + ':' + std::to_string(port_) : "localhost"), deadline);
    while (true) {
        auto response = read_response(request.method == "HEAD", deadline);
        if (response.status < 200) continue;
        if (lower_ascii(response.header("connection")) == "close") disconnect();
        return response;
    }
}

ClientResponse Client::read_response(bool head, Deadline deadline) {
    auto const status_line = read_line(deadline);
    ClientResponse response;
    bool const http = status_line.size() >= 12 && status_line.starts_with("HTTP/1.");
    if (http) std::from_chars(status_line.data() + 9, status_line.data() + 12, response.status);
    if (response.status < 100 || response.status > 599) fail("this is no HTTP server");
    for (auto line = read_line(deadline); !line.empty(); line = read_line(deadline)) {
        auto const colon = line.find(':');
        if (colon == line.npos) fail("the answer has a malformed header");
        response.headers.push_back({lower_ascii(line.substr(0, colon)), std::string(trim(std::string_view(line).substr(colon + 1)))});
    }
    if (head || response.status < 200 || response.status == 204 || response.status == 304) return response;
    if (lower_ascii(response.header("transfer-encoding")) == "chunked") {
        response.body = read_chunks(deadline);
        return response;
    }
    auto const length = response.header("content-length");
    if (length.empty()) {
        response.body = read_to_end(deadline);
        return response;
    }
    std::size_t size = 0;
    auto const [end, ec] = std::from_chars(length.data(), length.data() + length.size(), size);
    if (ec != std::errc() || end != length.data() + length.size()) fail("the answer has a malformed Content-Length");
    response.body = read_exactly(size, deadline);
    return response;
}

std::string Client::read_line(Deadline deadline) {
    std::size_t from = 0;
    while (true) {
        auto const end = in_.find("\r\n", from);
        if (end != in_.npos) {
            std::string line = in_.substr(0, end);
            in_.erase(0, end + 2);
            return line;
        }
        if (in_.size() > max_line_bytes) fail("the answer has a line that is too long");
        from = in_.empty() ? 0 : in_.size() - 1;
        if (read_some(deadline) == 0) fail("the server closed the connection");
    }
}

std::string Client::read_exactly(std::size_t size, Deadline deadline) {
    while (in_.size() < size)
        if (read_some(deadline) == 0) fail("the answer ended too early");
    std::string bytes = in_.substr(0, size);
    in_.erase(0, size);
    return bytes;
}

std::string Client::read_chunks(Deadline deadline) {
    std::string body;
    while (true) {
        auto const line = read_line(deadline);
        std::size_t size = 0;
        auto const [end, ec] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
        if (ec != std::errc()) fail("the answer has a malformed chunk");
        if (size == 0) break;
        body += read_exactly(size, deadline);
        if (!read_line(deadline).empty()) fail("the answer has a malformed chunk");
    }
    while (!read_line(deadline).empty()) {}
    return body;
}

std::string Client::read_to_end(Deadline deadline) {
    while (read_some(deadline) > 0) {}
    auto body = std::exchange(in_, {});
    disconnect();
    return body;
}

}  // namespace partnerd::http

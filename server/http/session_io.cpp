// The half of a session that moves bytes: reading, writing, deadlines, the end of the connection.
#include "http/session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace partnerd::http {

namespace {

constexpr std::size_t first_buffer_bytes = 4 * 1024;
constexpr std::size_t keep_buffer_bytes = 8 * 1024;
constexpr std::size_t body_buffer_bytes = 32 * 1024;

// send() without what makes it a point of cancellation: two locked instructions an answer. No thread here is ever cancelled.
std::int64_t send_some(int descriptor, char const* bytes, std::size_t size) noexcept {
    for (;;) {
        auto const count = ::syscall(SYS_sendto, descriptor, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT, nullptr, 0);
        if (count >= 0 || errno != EINTR) return count;
    }
}

}  // namespace

void Session::read() {
    if (state_ == State::closed || reading_) return;
    make_room();
    reading_ = true;
    ++pending_;
    socket_.async_read_some(boost::asio::buffer(in_.data() + end_, in_.size() - end_),
                            [this](boost::system::error_code ec, std::size_t count) {
                                reading_ = false;
                                --pending_;
                                enter([&] { on_read(ec, count); });
                            });
}

void Session::make_room() {
    if (state_ == State::lingering || last_) begin_ = end_ = 0;
    if (begin_ == end_) begin_ = end_ = 0;
    if (in_.empty() || (state_ == State::header && end_ == 0 && in_.size() > keep_buffer_bytes))
        std::vector<char>(first_buffer_bytes).swap(in_);
    if (state_ == State::body && body_left_ > in_.size() && in_.size() < body_buffer_bytes) in_.resize(body_buffer_bytes);
    if (in_.size() - end_ >= in_.size() / 4) return;
    std::memmove(in_.data(), in_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    // Bounded: a header longer than its limit is refused before, and a body is used up as it comes.
    if (end_ * 2 > in_.size()) in_.resize(in_.size() * 2);
}

void Session::on_read(boost::system::error_code ec, std::size_t count) {
    if (state_ == State::closed) return;
    if (ec) return close();
    if (state_ == State::lingering || last_) return read();  // nothing behind the last request is ever executed
    auto const& settings = io_.shared().settings;
    if (idle() && requests_ > 0) header_began_ = false;
    end_ += count;
    if (state_ == State::body) {
        body_received_ += count;
        read_deadline_ = extended(body_began_, settings.body_deadline, body_received_);
    }
    run();
}

bool Session::flush() {
    if (state_ == State::closed) return false;
    while (sent_ < out_.size()) {
        auto const count = send_some(socket_.native_handle(), out_.data() + sent_, out_.size() - sent_);
        if (count < 0 && errno == EAGAIN) {
            wait_until_writable();
            return false;
        }
        if (count < 0) {
            close();
            return false;
        }
        sent_ += static_cast<std::size_t>(count);
        written_ += static_cast<std::size_t>(count);
    }
    out_.clear();
    forget_large(out_);
    sent_ = written_ = 0;
    write_deadline_ = Time::max();
    return true;
}

void Session::wait_until_writable() {
    auto const& settings = io_.shared().settings;
    if (write_deadline_ == Time::max()) {
        write_began_ = steady_now();
        written_ = 0;
    }
    write_deadline_ = extended(write_began_, settings.write_deadline, written_);
    if (writing_) return;
    writing_ = true;
    ++pending_;
    socket_.async_wait(Socket::wait_write, [this](boost::system::error_code) {
        writing_ = false;
        --pending_;
        enter([&] { on_writable(); });
    });
}

void Session::on_writable() {
    if (state_ == State::closed || !flush()) return;
    if (last_ && state_ == State::header) return linger();
    if (state_ == State::header) await_request(steady_now());
    if (state_ == State::header || state_ == State::body) run();
}

// Others on this thread get their turn before the rest of a long pipeline.
void Session::yield() {
    if (begin_ == end_) return read();
    ++pending_;
    boost::asio::post(io_.executor(), [this] {
        --pending_;
        enter([&] {
            if (state_ == State::header && !last_) run();
        });
    });
}

// Closing with unread input would reset the connection, and the peer might lose the answer that is on its way: so its end is awaited.
void Session::linger() {
    if (state_ == State::closed) return;
    state_ = State::lingering;
    boost::system::error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    read_deadline_ = steady_now() + io_.shared().settings.linger_deadline;
    read();
}

Time Session::extended(Time from, std::chrono::milliseconds deadline, std::size_t bytes) const {
    return from + deadline + std::chrono::seconds(bytes / std::max<std::size_t>(1, io_.shared().settings.min_bytes_per_second));
}

void Session::tick(Time at) {
    enter([&] {
        if (state_ == State::closed) return;
        if (at >= write_deadline_) return close();
        if (at >= read_deadline_ && out_.empty()) time_out();  // while an answer is being read, only write_deadline_ counts
    });
}

void Session::time_out() {
    if (idle() || state_ == State::lingering) return close();
    if (state_ == State::handling || last_) return;
    refuse(Error(errc::request_timeout));
    if (flush()) linger();
}

void Session::drain() {
    enter([&] {
        boost::system::error_code ec;
        if (idle() && out_.empty() && socket_.available(ec) == 0) close();
    });
}

void Session::give_way() {
    enter([&] {
        if (idle()) close();
    });
}

void Session::stop() {
    enter([&] { close(); });
}

void Session::close() {
    if (state_ == State::closed) return;
    state_ = State::closed;
    boost::system::error_code ignored;
    socket_.close(ignored);
}

}  // namespace partnerd::http

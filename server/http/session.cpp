#include "http/session.hpp"

#include <algorithm>
#include <charconv>

#include "http/answer.hpp"
#include "http/ascii.hpp"

namespace partnerd::http {

namespace {

constexpr std::size_t flush_above_bytes = 32 * 1024;
constexpr std::size_t keep_memory_bytes = 64 * 1024;  // an idle connection holds no more than this of a past body or answer
constexpr std::size_t max_request_id_bytes = 64;

bool is_request_id(std::string_view text) noexcept {
    auto const allowed = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
    };
    return !text.empty() && text.size() <= max_request_id_bytes && std::all_of(text.begin(), text.end(), allowed);
}

}  // namespace

Session::Session(IoThread& io, Socket socket, std::optional<Ip> peer, bool counted_per_ip)
    : Errand(static_cast<routing::Exchange&>(*this)), io_(io), socket_(std::move(socket)), peer_(peer), peer_text_(peer ? peer->text() : "unix"), counted_per_ip_(counted_per_ip) {
    auto const& trusted = io_.shared().trusted;
    behind_proxy_ = peer_ && std::any_of(trusted.begin(), trusted.end(), [&](Network const& network) { return network.contains(*peer_); });
    auto& shared = io_.shared();
    shared.connections.fetch_add(1);
    shared.figures.connections_open.add(1);
    shared.figures.connections_total.add();
}

Session::~Session() {
    auto& shared = io_.shared();
    if (counted_per_ip_) shared.per_ip.leave(peer_->site());
    shared.figures.connections_open.add(-1);
    shared.connections.fetch_sub(1);
}

void Session::start() {
    enter([&] {
        quiet_since_ = steady_now();
        read_deadline_ = quiet_since_ + io_.shared().settings.header_deadline;
        read();
    });
}

void Session::run() {
    auto const& settings = io_.shared().settings;
    for (std::size_t turn = 0; turn < settings.pipelined_per_turn; ++turn) {
        switch (state_ == State::body ? read_body() : read_header()) {
            case Step::more:
                await_rest();
                if (flush()) read();
                return;
            case Step::deferred: flush(); return;
            case Step::last:
                if (flush()) linger();
                return;
            case Step::answered:
                if (out_.size() - sent_ > flush_above_bytes && !flush()) return;
        }
    }
    if (flush()) yield();
}

Session::Step Session::read_header() {
    auto const& limits = io_.shared().settings.limits;
    auto const length = find_header_end(buffered(), scanned_, limits);
    if (!length) return refuse(length.error());
    if (*length == 0) return Step::more;
    auto header = buffered().substr(0, *length);
    auto const framing = check_header(header, limits, request.headers);
    if (!framing) return refuse(framing.error());
    request.method = framing->method;
    request.target = framing->target;
    lower_names();
    if (framing->has_body()) {
        request.own_headers();  // the buffer moves on
        if (header.starts_with("\r\n")) header.remove_prefix(2);
        parser_.emplace(request, limits);
        if (auto status = parser_->take_header(header, *framing); !status) return refuse(status.error());
    }
    version_ = framing->version;
    head_ = framing->method == "HEAD";
    keep_alive_ = framing->keep_alive;
    begin_ += *length;  // the views in `framing` still stand: the buffer moves in make_room() only
    scanned_ = 0;
    return begin_request(*framing);
}

void Session::lower_names() noexcept {
    for (auto const& field : request.headers) {
        char* const name = in_.data() + (field.name.data() - in_.data());  // the view is of this buffer
        make_lower(name, field.name.size());
    }
}

Session::Step Session::begin_request(Framing const& framing) {
    set_client();
    set_request_id();
    request.arrived_us = io_.shared().clock.now_us();
    return framing.has_body() ? begin_body(framing) : handle();
}

Session::Step Session::begin_body(Framing const& framing) {
    auto const& shared = io_.shared();
    std::size_t const routed_limit = shared.handler.body_limit(request.method, request.path());
    std::size_t const limit = routed_limit > 0 ? routed_limit : shared.settings.unrouted_body_bytes;
    keep_body_ = routed_limit > 0;
    if (framing.content_length > limit)
        return refuse(Error(errc::body_too_large, "At most " + std::to_string(limit) + " bytes are taken here"));
    chunks_.reset();
    if (framing.chunked) chunks_.emplace(limit);
    body_left_ = framing.content_length;
    if (keep_body_) request.body.reserve(std::min<std::size_t>(static_cast<std::size_t>(framing.content_length), keep_memory_bytes));
    state_ = State::body;
    body_began_ = steady_now();
    body_received_ = end_ - begin_;
    read_deadline_ = extended(body_began_, shared.settings.body_deadline, body_received_);
    if (framing.expects_continue && begin_ == end_) out_ += "HTTP/1.1 100 Continue\r\n\r\n";
    return read_body();
}

Session::Step Session::read_body() {
    auto const fresh = buffered().substr(scanned_);
    std::size_t passed = 0;
    if (chunks_) {
        auto const taken = chunks_->take(fresh);
        if (!taken) return refuse(taken.error());
        passed = *taken;
    } else {
        passed = static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, fresh.size()));
        body_left_ -= passed;
    }
    scanned_ += passed;
    auto const used = parser_->take_body(buffered().substr(0, scanned_), keep_body_);
    if (!used) return refuse(used.error());
    begin_ += *used;
    scanned_ -= *used;
    bool const done = chunks_ ? chunks_->done() : body_left_ == 0;
    if (!done) return Step::more;
    if (!parser_->is_done() || scanned_ != 0) return refuse(Error(errc::malformed_request, "The framing of the body is ambiguous"));
    return handle();
}

Session::Step Session::handle() {
    auto& shared = io_.shared();
    state_ = State::handling;
    read_deadline_ = Time::max();
    handed_over_ = steady_now();
    in_flight_ = true;
    finished_here_ = false;
    handling_here_ = true;
    try {
        shared.handler.handle(*this);
    } catch (...) {
        // The handler's contract: it throws only while it alone has the exchange.
        shared.figures.handler_failures.add();
        response.clear();
        response.problem(Error(errc::internal));
        finished_here_ = true;
    }
    handling_here_ = false;
    return finished_here_ ? answer() : Step::deferred;
}

void Session::finish() noexcept {
    if (IoThread::current() != &io_) return io_.send(*this);
    if (handling_here_) finished_here_ = true;
    else if (io_.take_arrival()) go_on();
    else io_.send(*this);
}

void Session::arrive() noexcept {
    io_.take_arrival();
    go_on();
}

void Session::go_on() {
    enter([&] {
        in_flight_ = false;
        if (state_ == State::closed) return;
        Step const step = answer();
        if (step == Step::last) {
            if (flush()) linger();
        } else if (out_.size() - sent_ <= flush_above_bytes || flush()) {
            run();
        }
    });
}

Session::Step Session::answer() {
    auto& shared = io_.shared();
    in_flight_ = false;
    last_ = !keep_alive_ || shared.leaving.load(std::memory_order_relaxed) || ++requests_ >= shared.settings.requests_per_connection;
    append_answer(out_, response, {io_.date(), request.request_id, head_, last_, version_ == 10});
    auto const now = steady_now();
    shared.figures.answered(response.status, std::chrono::duration<double>(now - handed_over_).count());
    reset();
    await_request(now);
    return last_ ? Step::last : Step::answered;
}

Session::Step Session::refuse(Error const& error) {
    auto& shared = io_.shared();
    if (request.request_id.empty()) mint_request_id();
    response.clear();
    response.problem(error);
    last_ = true;
    append_answer(out_, response, {io_.date(), request.request_id, head_, true, false});
    shared.figures.refused(error.code);
    reset();
    return Step::last;
}

void Session::await_request(Time now) {
    auto const& settings = io_.shared().settings;
    quiet_since_ = now;
    read_deadline_ = quiet_since_ + (begin_ == end_ ? settings.idle_deadline : settings.header_deadline);
}

// The clock of a header runs from its first bytes; most come whole, and need none.
void Session::await_rest() {
    if (state_ != State::header || begin_ == end_ || header_began_) return;
    header_began_ = true;
    read_deadline_ = steady_now() + io_.shared().settings.header_deadline;
}

void Session::forget_large(std::string& text) {
    if (text.capacity() > keep_memory_bytes) std::string().swap(text);
}

// For the next request on this connection; the memory of strings and of header fields stays.
void Session::reset() {
    forget_large(request.body);
    forget_large(response.body);
    request.clear();
    response.clear();
    parser_.reset();
    chunks_.reset();
    state_ = State::header;
    scanned_ = 0;
    head_ = false;
}

void Session::set_client() {
    request.from_operator = !peer_.has_value();  // the Unix socket
    if (!behind_proxy_ || !request.has_header("x-forwarded-for")) {
        request.client_ip = peer_text_;
        return;
    }
    std::string chain;
    for (auto const& field : request.headers) {
        if (field.name != "x-forwarded-for") continue;
        if (!chain.empty()) chain += ',';
        chain += field.value;
    }
    request.client_ip = client_behind(*peer_, chain, io_.shared().trusted).text();
}

void Session::set_request_id() {
    auto const given = request.header("x-request-id");
    if (is_request_id(given)) {
        request.request_id = given;
        return;
    }
    mint_request_id();
}

void Session::mint_request_id() {
    if (id_prefix_.empty()) id_prefix_ = io_.mint_request_prefix();
    char digits[20];
    auto const end = std::to_chars(digits, digits + sizeof digits, requests_ + 1).ptr;
    request.request_id = id_prefix_;
    request.request_id.append(digits, end);
}

}  // namespace partnerd::http

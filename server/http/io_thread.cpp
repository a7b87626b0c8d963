#include "http/io_thread.hpp"

#include <boost/asio/post.hpp>

#include <pthread.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <algorithm>
#include <csignal>

#include "http/answer.hpp"
#include "http/session.hpp"

namespace partnerd::http {

namespace {

constexpr int accepts_per_turn = 64;
constexpr std::chrono::milliseconds longest_tick{250}, shortest_tick{10};

thread_local IoThread* this_thread = nullptr;

// Fine enough for the shortest deadline to be kept within a quarter of it.
std::chrono::milliseconds tick_for(HttpSettings const& settings) {
    auto const shortest = std::min(
        {settings.header_deadline, settings.body_deadline, settings.write_deadline, settings.idle_deadline, settings.linger_deadline});
    return std::clamp(shortest / 4, shortest_tick, longest_tick);
}

void send_and_close(int descriptor, std::string_view bytes) {
    [[maybe_unused]] auto const sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    ::close(descriptor);
}

}  // namespace

IoThread::IoThread(Shared& shared)
    : shared_(shared),
      context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO),
      work_(context_.get_executor()),
      timer_(context_),
      tick_(tick_for(shared.settings)) {
    if (::getrandom(&random_, sizeof random_, 0) != sizeof random_) random_ = reinterpret_cast<std::uintptr_t>(this);
}

IoThread::~IoThread() {
    stop();
    join();
}

void IoThread::listen(int descriptor, Peers peers) {
    listeners_.push_back(std::make_unique<Listener>(Listener{{context_.get_executor(), descriptor}, peers}));
    wait_for_connections(*listeners_.back());
}

void IoThread::start() {
    // Signals are for the main thread.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { run(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void IoThread::run() {
    this_thread = this;
    tick();
    while (!context_.stopped()) {
        try {
            context_.run();
        } catch (std::exception const&) {
            // Out of memory outside any session: the next tick accepts again.
            if (accepting_) pause_accepting();
        }
    }
}

IoThread* IoThread::current() noexcept { return this_thread; }

void IoThread::drain() {
    boost::asio::post(context_, [this] {
        for (auto& listener : listeners_) accept(*listener);  // who is in the queue is served; closing would reset him
        accepting_ = false;
        listeners_.clear();
        for (std::size_t i = sessions_.size(); i-- > 0;) sessions_[i]->drain();
    });
}

void IoThread::stop() {
    if (!thread_.joinable()) return;
    boost::asio::post(context_, [this] {
        accepting_ = false;
        stopping_ = true;
        listeners_.clear();
        timer_.cancel();
        for (std::size_t i = sessions_.size(); i-- > 0;) sessions_[i]->stop();
        end_if_done();
    });
}

void IoThread::join() {
    if (thread_.joinable()) thread_.join();
}

void IoThread::end_if_done() {
    if (stopping_ && sessions_.empty()) context_.stop();
}

void IoThread::send(routing::Errand& errand) noexcept {
    auto& shared = shared_;
    shared.finishing.fetch_add(1, std::memory_order_acquire);
    routing::Errand* head = mailbox_.load(std::memory_order_relaxed);
    do errand.next = head;
    while (!mailbox_.compare_exchange_weak(head, &errand, std::memory_order_release, std::memory_order_relaxed));
    // From here on the errand and its session may be gone. Only who found the box empty wakes the thread.
    if (head == nullptr) boost::asio::post(context_, [this] { collect(); });
    shared.finishing.fetch_sub(1, std::memory_order_release);
}

// The memory of a session whose answer waited for the disk is out of the cache by then, since that of all others came between.
void IoThread::fetch_ahead(routing::Errand const* errand) noexcept {
    constexpr std::size_t line_bytes = 64;
    if (errand == nullptr) return;
    auto const* const bytes = reinterpret_cast<char const*>(static_cast<Session const*>(&errand->exchange));
    for (std::size_t at = 0; at < sizeof(Session); at += line_bytes) __builtin_prefetch(bytes + at, 1);
}

void IoThread::collect() {
    routing::Errand* newest = mailbox_.exchange(nullptr, std::memory_order_acquire);
    routing::Errand* oldest = nullptr;
    while (newest != nullptr) {
        routing::Errand* const next = newest->next;
        newest->next = oldest;
        oldest = newest;
        newest = next;
    }
    while (oldest != nullptr) {
        routing::Errand* const next = oldest->next;  // arrive() may destroy the errand, or send it through the box again
        fetch_ahead(next);
        arrived_ = true;
        oldest->arrive();
        oldest = next;
    }
    arrived_ = false;
}

bool IoThread::lend_buffer(std::string& to) noexcept {
    if (std::exchange(buffer_lent_, true)) return false;
    to.swap(buffer_);
    return true;
}

void IoThread::give_back(std::string& from) noexcept {
    buffer_lent_ = false;
    from.clear();
    from.swap(buffer_);
}

void IoThread::release(Session& session) {
    std::size_t const index = session.index;
    std::swap(sessions_[index], sessions_.back());
    sessions_[index]->index = index;
    sessions_.pop_back();
    resume_accepting();
    end_if_done();
}

void IoThread::wait_for_connections(Listener& listener) {
    if (std::exchange(listener.waiting, true)) return;
    listener.descriptor.async_wait(boost::asio::posix::descriptor_base::wait_read, [this, &listener](boost::system::error_code ec) {
        // The listeners go all at once, and one may have become ready just before.
        if (ec || listeners_.empty()) return;
        listener.waiting = false;
        if (accepting_) accept(listener);
    });
}

void IoThread::accept(Listener& listener) {
    for (int i = 0; i < accepts_per_turn && accepting_; ++i) {
        if (shared_.connections.load() >= shared_.settings.connections) {
            if (i == 0) return pause_accepting();
            break;  // somebody may be waiting, or not: the next call knows
        }
        sockaddr_storage storage{};
        socklen_t size = sizeof storage;
        auto* const peer = reinterpret_cast<sockaddr*>(&storage);
        int const descriptor = ::accept4(listener.descriptor.native_handle(), peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor >= 0) {
            // By the listener, not by the address: who comes by the Unix socket has its owner's rights.
            if (listener.peers == Peers::local) admit(descriptor, std::nullopt);
            else if (auto const ip = Ip::of(*peer)) admit(descriptor, ip);
            else ::close(descriptor);
            continue;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) break;
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) return pause_accepting();
        // What is left are errors of the one connection (ECONNABORTED, ...): the next may be sound.
    }
    if (accepting_) wait_for_connections(listener);
}

void IoThread::admit(int descriptor, std::optional<Ip> const& peer) {
    auto const& trusted = shared_.trusted;
    bool const counted =
        peer && std::none_of(trusted.begin(), trusted.end(), [&](Network const& network) { return network.contains(*peer); });
    if (counted && !shared_.per_ip.enter(peer->site(), shared_.settings.connections_per_ip)) {
        routing::Response response;
        response.problem(Error(errc::rate_limited, "There are too many connections from this address"));
        std::string bytes;
        append_answer(bytes, response, {date_, mint_request_prefix() + "0", false, true, false});
        shared_.figures.refused(errc::rate_limited);
        return send_and_close(descriptor, bytes);
    }
    try {
        Socket socket(context_.get_executor(), boost::asio::generic::stream_protocol(peer ? AF_INET : AF_UNIX, 0), descriptor);
        descriptor = -1;
        socket.non_blocking(true);
        sessions_.push_back(std::make_unique<Session>(*this, std::move(socket), peer, counted));
    } catch (std::exception const&) {
        if (descriptor >= 0) ::close(descriptor);
        if (counted) shared_.per_ip.leave(peer->site());
        return;
    }
    sessions_.back()->index = sessions_.size() - 1;
    sessions_.back()->start();
}

void IoThread::pause_accepting() {
    accepting_ = false;
    paused_ = true;
    shared_.figures.accept_pauses.add();
    close_longest_idle();
}

void IoThread::resume_accepting() {
    if (!paused_ || stopping_ || shared_.draining || shared_.connections.load() >= shared_.settings.connections) return;
    paused_ = false;
    accepting_ = true;
    for (auto& listener : listeners_) wait_for_connections(*listener);
}

// Room for who waits outside: the connection that has been without a request for longest gives way.
void IoThread::close_longest_idle() {
    Session* longest = nullptr;
    for (auto const& session : sessions_)
        if (session->idle() && (longest == nullptr || session->quiet_since() < longest->quiet_since())) longest = session.get();
    if (longest != nullptr) longest->give_way();
}

void IoThread::tick() {
    timer_.expires_after(tick_);
    timer_.async_wait([this](boost::system::error_code ec) {
        if (!ec && !stopping_) tick();
    });
    date_ = http_date(shared_.clock.now_us());
    auto const at = steady_now();
    for (std::size_t i = sessions_.size(); i-- > 0;) sessions_[i]->tick(at);
    if (paused_) close_longest_idle();
    resume_accepting();
}

// 16 hexadecimal digits and a dash: unlike those of any other connection.
std::string IoThread::mint_request_prefix() {
    random_ += 0x9e3779b97f4a7c15;  // SplitMix64
    std::uint64_t mixed = random_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    mixed ^= mixed >> 31;
    static constexpr char digits[] = "0123456789abcdef";
    std::string prefix;
    for (int shift = 60; shift >= 0; shift -= 4) prefix += digits[(mixed >> shift) & 15];
    return prefix + '-';
}

}  // namespace partnerd::http

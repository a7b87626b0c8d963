#include "storage/unit_watch.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace partnerd::storage {
namespace {

thread_local UnitWatch::Writer* this_writer = nullptr;

std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

UnitWatch::UnitWatch(std::chrono::milliseconds longest) : longest_(longest) {
    if (longest_.count() > 0) thread_ = std::thread([this] { run(); });
}

UnitWatch::~UnitWatch() {
    {
        std::lock_guard lock(mutex_);
        stop_ = true;
    }
    stopped_.notify_all();
    if (thread_.joinable()) thread_.join();
}

UnitWatch::Writer::Writer(UnitWatch& watch) : watch_(watch) {
    std::lock_guard lock(watch_.mutex_);
    watch_.writers_.push_back(this);
}

UnitWatch::Writer::~Writer() {
    std::lock_guard lock(watch_.mutex_);
    std::erase(watch_.writers_, this);
}

void UnitWatch::Writer::attach() { this_writer = this; }

void UnitWatch::Writer::begin() noexcept {
    {
        std::lock_guard lock(label_mutex_);
        label_[0] = '\0';
    }
    since_ms_.store(now_ms());
}

void UnitWatch::Writer::progress() noexcept { since_ms_.store(now_ms()); }

void label_running_unit(std::string_view label) noexcept {
    if (this_writer == nullptr) return;
    std::lock_guard lock(this_writer->label_mutex_);
    auto const size = std::min(label.size(), sizeof this_writer->label_ - 1);
    std::memcpy(this_writer->label_, label.data(), size);
    this_writer->label_[size] = '\0';
}

bool this_thread_writes() noexcept { return this_writer != nullptr; }

void UnitWatch::run() {
    auto const step = std::clamp(longest_ / 20, std::chrono::milliseconds(5), std::chrono::milliseconds(500));
    std::unique_lock lock(mutex_);
    while (!stopped_.wait_for(lock, step, [this] { return stop_; })) check(now_ms());
}

void UnitWatch::check(std::int64_t now) {
    for (auto* writer : writers_) {
        auto const since = writer->since_ms_.load();
        if (since == 0 || now - since < longest_.count()) continue;
        std::lock_guard lock(writer->label_mutex_);
        std::string const text =
            "partnerd: a unit of work (" + std::string(writer->label_[0] == '\0' ? "without a label" : writer->label_) +
            ") has held the writer for " + std::to_string((now - since) / 1000) + " s; ending the process, nothing acknowledged is lost\n";
        [[maybe_unused]] auto const written = ::write(STDERR_FILENO, text.data(), text.size());
        std::abort();
    }
}

}  // namespace partnerd::storage

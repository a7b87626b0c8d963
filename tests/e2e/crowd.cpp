#include "e2e/crowd.hpp"

#include <algorithm>
#include <exception>
#include <thread>

namespace partnerd::e2e {

namespace {
constexpr std::size_t shown = 10;
}

void Complaints::add(std::string what) {
    std::lock_guard const lock(mutex_);
    complaints_.push_back(std::move(what));
}

std::vector<std::string> Complaints::all() const {
    std::lock_guard const lock(mutex_);
    return complaints_;
}

std::string Complaints::text() const {
    auto const complaints = all();
    std::string text;
    for (std::size_t i = 0; i < std::min(shown, complaints.size()); ++i) text += complaints[i] + "\n";
    if (complaints.size() > shown) text += "and " + std::to_string(complaints.size() - shown) + " more\n";
    return text;
}

void in_parallel(int clients, Complaints& complaints, std::function<void(int)> const& work) {
    std::vector<std::thread> threads;
    for (int client = 0; client < clients; ++client)
        threads.emplace_back([&, client] {
            try {
                work(client);
            } catch (std::exception const& error) {
                complaints.add("client " + std::to_string(client) + ": " + error.what());
            }
        });
    for (auto& thread : threads) thread.join();
}

}  // namespace partnerd::e2e

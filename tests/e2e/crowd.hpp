// Many clients at once. Boost.Test's checks belong to the main thread, so that the others write down what they see.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace partnerd::e2e {

class Complaints {
  public:
    void add(std::string what);
    std::vector<std::string> all() const;
    std::string text() const;  // the first few, one a line; empty when there is none

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> complaints_;  // guarded by mutex_
};

// Runs work(0) .. work(clients - 1), each in a thread, to their ends. What one throws is a complaint.
void in_parallel(int clients, Complaints& complaints, std::function<void(int)> const& work);

}  // namespace partnerd::e2e

// Who clicked which link on which day, so that a second click is no second visitor. In memory, of fixed size: when it is full,
// someone who was seen long ago is forgotten and counts again. Begins anew at each start. One thread.
#pragma once

#include <cstdint>
#include <vector>

#include "domain/id.hpp"

namespace partnerd::tracking {

class Visitors {
  public:
    // `slots`: a power of two, 8 bytes each, taken from the system when the first visitor comes.
    explicit Visitors(std::size_t slots = std::size_t{1} << 20) : slots_(slots) {}
    // True when this visitor is new to the link on that day.
    bool meet(std::int64_t visitor, Id link, std::int64_t day);

  private:
    std::size_t const slots_;
    std::vector<std::uint64_t> marks_;
};

}  // namespace partnerd::tracking

/* The layout of plugin ABI v1, member by member: what a plugin that was built once relies on for ever. Compiled as C and as C++, by
 * each compiler that is there. A table may gain members at its end: then its size and the new offsets are added; no other line here is
 * ever changed once 1.0 is released. On 64-bit systems (LP64); others have other numbers and the same rules. */
#ifndef PARTNERD_TEST_LAYOUT_H
#define PARTNERD_TEST_LAYOUT_H

#include <partnerd/partnerd.h>

#ifdef __cplusplus
#define LAYOUT_ASSERT(condition) static_assert(condition, #condition)
#else
#define LAYOUT_ASSERT(condition) _Static_assert(condition, #condition)
#endif
#define SIZE_IS(T, bytes) LAYOUT_ASSERT(sizeof(T) == (bytes))
#define MEMBER_AT(T, m, bytes) LAYOUT_ASSERT(offsetof(T, m) == (bytes))
#define VALUE_IS(name, value) LAYOUT_ASSERT((name) == (value))

#include "layout_base.h"
#include "layout_services.h"
#include "layout_values.h"

#endif

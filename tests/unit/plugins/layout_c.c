#include "layout.h"

/* The same numbers as C sees them; layout_test.cpp compares. */
const char *layout_c_service_id(int i, int column);
int layout_c_service_count(void);

const char *layout_c_service_id(int i, int column) { return layout_service_ids[i][column]; }
int layout_c_service_count(void) { return (int)(sizeof layout_service_ids / sizeof *layout_service_ids); }

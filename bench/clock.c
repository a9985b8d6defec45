/* A chain of additions, each waiting for the one before: a core does one in a cycle, no matter which. */
#include <stdint.h>

#define EIGHT(one) one one one one one one one one
#if defined(__x86_64__)
#define ADD "add %1, %0\n\t"
#elif defined(__aarch64__)
#define ADD "add %0, %0, %1\n\t"
#else
#error "expected x86-64 or ARM64: write down an addition of two registers for this machine"
#endif

/* 64 of them, so many times. */
uint64_t chain(uint64_t times) {
    uint64_t sum = 0, one = times | 1;
    for (; times > 0; times--) __asm__ volatile(EIGHT(EIGHT(ADD)) : "+r"(sum) : "r"(one));
    return sum;
}

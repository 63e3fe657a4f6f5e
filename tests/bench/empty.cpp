// The least that a process costs.
int main() {}

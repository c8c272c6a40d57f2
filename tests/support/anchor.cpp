// Keeps the support library a library before its first source.

"""What an official reads of a problem, in Vietnamese: why it is so and what to do (by type), and its sentences.

problems/*.yaml   cause, remedy and an example of every problem type, in both languages
sentences/*.json  the sentences that our code writes in English, each with its Vietnamese
"""
